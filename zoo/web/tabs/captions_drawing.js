// The coloured drawing area. The value of the component is the drawing as text: of each stroke a digit for its ink, one for its
// pen, and four characters for each point; "-" between strokes.
const area = element.querySelector("svg");
const layer = area.querySelector(".strokes");
const cursor = area.querySelector("circle");
const [, , width, height] = area.getAttribute("viewBox").split(" ").map(Number);
const NEAR = 4; // a point closer to the one before is left out
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FILLED = 2;
const chosen = { ink: 0, pen: 0 };
let strokes = decoded(props.value);
let finger = null; // the pointer that draws
let place = [width / 2, height / 2]; // of the pen that the keys move
let down = false;

function decoded(text) {
  return String(text || "").split("-").filter(Boolean).map((stroke) => ({
    ink: Number(stroke[0]),
    pen: Number(stroke[1]),
    points: stroke.slice(2).match(/.{4}/g).map((point) => [parseInt(point.slice(0, 2), 36), parseInt(point.slice(2), 36)]),
  }));
}

function encoded() {
  const digits = (number) => number.toString(36).padStart(2, "0");
  return strokes.map(({ ink, pen, points }) => `${ink}${pen}${points.map(([x, y]) => digits(x) + digits(y)).join("")}`).join("-");
}

function shape({ ink, pen, points }) {
  const filled = pen === FILLED && points.length > 2;
  const node = document.createElementNS("http://www.w3.org/2000/svg", filled ? "polygon" : "polyline");
  const colour = element.querySelector(`[data-ink="${ink}"]`).style.getPropertyValue("--ink");
  node.style.stroke = colour;
  node.style.fill = filled ? colour : "none";
  node.setAttribute("stroke-width", element.querySelector(`[data-pen="${pen}"]`).dataset.width);
  // A single point is drawn as a line of no length, whose round ends make a dot.
  node.setAttribute("points", [...points, ...(points.length === 1 ? points : [])].join(" "));
  return node;
}

function show() {
  layer.replaceChildren(...strokes.map(shape));
  cursor.setAttribute("cx", place[0]);
  cursor.setAttribute("cy", place[1]);
  cursor.classList.toggle("down", down);
}

function send() {
  props.value = encoded();
}

function tell(words) {
  element.querySelector(".told").textContent = words;
}

function inside([x, y]) {
  return [Math.min(Math.max(Math.round(x), 0), width - 1), Math.min(Math.max(Math.round(y), 0), height - 1)];
}

function at(event) {
  const box = area.getBoundingClientRect();
  return inside([((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * height) / box.height]);
}

function begin(point) {
  strokes.push({ ...chosen, points: [point] });
}

function extend(point, near) {
  const { points } = strokes.at(-1);
  const [x, y] = points.at(-1);
  if (Math.hypot(point[0] - x, point[1] - y) >= near) points.push(point);
  show();
}

function use(tool) {
  if (tool === "undo") strokes.pop();
  else strokes = [];
  tell(strokes.length ? `${strokes.length} strokes left.` : "The drawing is empty.");
  down = false;
  finger = null;
  show();
  send();
}

function choose(kind, button) {
  chosen[kind] = Number(button.dataset[kind]);
  for (const each of button.parentElement.querySelectorAll(`[data-${kind}]`)) {
    each.setAttribute("aria-pressed", String(each === button));
  }
  down = false;
  show();
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.do) use(button.dataset.do);
  for (const kind of ["ink", "pen"]) if (button?.dataset[kind]) choose(kind, button);
});

area.addEventListener("pointerdown", (event) => {
  if (finger !== null || event.button !== 0) return;
  event.preventDefault();
  area.focus({ preventScroll: true });
  area.setPointerCapture(event.pointerId);
  finger = event.pointerId;
  down = false;
  begin(at(event));
  show();
});

area.addEventListener("pointermove", (event) => {
  if (event.pointerId === finger) extend(at(event), NEAR);
});

for (const kind of ["pointerup", "pointercancel"]) {
  area.addEventListener(kind, (event) => {
    if (event.pointerId !== finger) return;
    finger = null;
    send();
  });
}

area.addEventListener("keydown", (event) => {
  if (event.key in STEPS) {
    const step = event.shiftKey ? 40 : 10;
    const [x, y] = STEPS[event.key];
    place = inside([place[0] + step * x, place[1] + step * y]);
    if (down) extend(place, 1);
    show();
  } else if (event.key === " ") {
    down = !down;
    if (down) begin(place);
    else send();
    tell(down ? "The pen is down." : "The pen is up.");
    show();
  } else if (event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey))) use("undo");
  else if (event.key === "Delete") use("clear");
  else return;
  event.preventDefault();
});

// An example, a link or another picture sets the value.
watch("value", () => {
  if ((props.value || "") === encoded()) return;
  strokes = decoded(props.value);
  down = false;
  show();
});
show();
