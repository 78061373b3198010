// The drawing area. The value of the component is the drawing as text: four characters a point, "-" between strokes.
const area = element.querySelector("svg");
const layer = area.querySelector(".strokes");
const pen = area.querySelector("circle");
const [, , width, height] = area.getAttribute("viewBox").split(" ").map(Number);
const NEAR = 6; // a point closer to the one before is left out
const WAIT = 80; // milliseconds between two looks of the network while a stroke grows
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const held = new Set();
let strokes = decoded(props.value);
let finger = null; // the pointer that draws
let place = [width / 2, height / 2]; // of the pen that the keys move
let down = false;
let timer = null;

function decoded(text) {
  return String(text || "").split("-").filter(Boolean).map((stroke) =>
    stroke.match(/.{4}/g).map((point) => [parseInt(point.slice(0, 2), 36), parseInt(point.slice(2), 36)]));
}

function encoded() {
  const digits = (number) => number.toString(36).padStart(2, "0");
  return strokes.map((stroke) => stroke.map(([x, y]) => digits(x) + digits(y)).join("")).join("-");
}

// Only the last stroke grows; the others are drawn anew when their number has changed.
function show(all) {
  if (all || layer.childElementCount !== strokes.length) {
    layer.replaceChildren(...strokes.map(() => document.createElementNS("http://www.w3.org/2000/svg", "polyline")));
    strokes.forEach((_, i) => line(i));
  } else if (strokes.length) line(strokes.length - 1);
  pen.setAttribute("cx", place[0]);
  pen.setAttribute("cy", place[1]);
  pen.classList.toggle("down", down);
}

function line(i) {
  const points = strokes[i];
  // A single point is drawn as a line of no length, whose round ends make a dot.
  layer.children[i].setAttribute("points", [...points, ...(points.length === 1 ? points : [])].join(" "));
}

function send() {
  clearTimeout(timer);
  timer = null;
  props.value = encoded();
}

function soon() {
  if (timer === null) timer = setTimeout(send, WAIT);
}

function inside([x, y]) {
  return [Math.min(Math.max(Math.round(x), 0), width - 1), Math.min(Math.max(Math.round(y), 0), height - 1)];
}

function at(event) {
  const box = area.getBoundingClientRect();
  return inside([((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * height) / box.height]);
}

function extend(point, near) {
  const stroke = strokes.at(-1);
  const [x, y] = stroke.at(-1);
  if (Math.hypot(point[0] - x, point[1] - y) < near) return;
  stroke.push(point);
  show();
  soon();
}

function tell(words) {
  element.querySelector(".told").textContent = words;
}

const tools = {
  undo() {
    strokes.pop();
    tell(`${strokes.length} strokes left.`);
  },
  clear() {
    strokes = [];
    tell("The drawing is empty.");
  },
};

function lower(now) {
  down = now;
  if (down) strokes.push([place]);
  tell(down ? "The pen is down." : "The pen is up.");
  show();
  send();
}

function use(tool) {
  tools[tool]();
  down = false;
  finger = null;
  show(true);
  send();
}

element.addEventListener("click", (event) => {
  const tool = event.target.closest("[data-do]");
  if (tool) use(tool.dataset.do);
});

area.addEventListener("pointerdown", (event) => {
  if (finger !== null || event.button !== 0) return;
  event.preventDefault();
  area.focus({ preventScroll: true });
  area.setPointerCapture(event.pointerId);
  finger = event.pointerId;
  down = false;
  strokes.push([at(event)]);
  show();
  soon();
});

area.addEventListener("pointermove", (event) => {
  if (event.pointerId !== finger) return;
  for (const each of event.getCoalescedEvents?.() ?? []) extend(at(each), NEAR);
  extend(at(event), NEAR);
});

for (const kind of ["pointerup", "pointercancel"]) {
  area.addEventListener(kind, (event) => {
    if (event.pointerId !== finger) return;
    if (kind === "pointerup") extend(at(event), 1);
    finger = null;
    send();
  });
}

area.addEventListener("keydown", (event) => {
  if (event.key in STEPS) {
    held.add(event.key); // two arrows together go aslant
    const step = event.shiftKey ? 40 : 10;
    const [x, y] = [...held].reduce(([a, b], key) => [a + STEPS[key][0], b + STEPS[key][1]], [0, 0]);
    place = inside([place[0] + step * x, place[1] + step * y]);
    if (down) extend(place, 1);
    show();
  } else if (event.key === " ") {
    if (!event.repeat) lower(!down);
  } else if (event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey))) use("undo");
  else if (event.key === "Delete") use("clear");
  else return;
  event.preventDefault();
});
area.addEventListener("keyup", (event) => held.delete(event.key));
area.addEventListener("blur", () => held.clear());

// An example or a link sets the value.
watch("value", () => {
  if ((props.value || "") === encoded()) return;
  strokes = decoded(props.value);
  down = false;
  show(true);
});
show(true);
