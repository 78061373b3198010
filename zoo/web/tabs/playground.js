// Draws what a training sends: the network with its weights and units, the points with what the network gives, and the losses.
const PALETTE = ["--against", "--for", "--seen", "--third", "--fourth", "--fifth"];
let scene = null;
let chosen = null; // [layer, unit] that the plane shows instead of the output
let places = []; // of the units on the network's canvas: {layer, unit, x, y, side}

const $ = (name) => element.querySelector(name);
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const floats = (text) => new Float32Array(bytes(text).buffer);

function colour(name) {
  const found = getComputedStyle(element.querySelector(".stage")).getPropertyValue(name).trim();
  return found.split(/[ ,]+/).map(Number);
}

function css([r, g, b], alpha = 1) {
  return `rgba(${r}, ${g}, ${b}, ${alpha})`;
}

function ink() {
  return getComputedStyle(element.querySelector(".stage")).color;
}

// A canvas fitted to its width on the page; gives its context in CSS pixels, or null while it is hidden.
function paper(canvas, height) {
  const width = canvas.clientWidth;
  if (!width) return null;
  const ratio = window.devicePixelRatio || 1;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

// The colours of the classes, or of low and high values.
function palette() {
  return PALETTE.map(colour);
}

// A picture of numbers 0 to 255 in a square, whose first row is the lowest.
function picture(maps, colours, alpha) {
  const across = Math.round(Math.sqrt(maps[0].length));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = across;
  const context = canvas.getContext("2d");
  const image = context.createImageData(across, across);
  for (let row = 0; row < across; row++) {
    for (let column = 0; column < across; column++) {
      const from = row * across + column;
      const to = 4 * ((across - 1 - row) * across + column);
      const rgb = [0, 0, 0];
      let sum = 0;
      maps.forEach((map, k) => {
        sum += map[from];
        for (let i = 0; i < 3; i++) rgb[i] += map[from] * colours[k][i];
      });
      for (let i = 0; i < 3; i++) image.data[to + i] = rgb[i] / (sum || 1);
      image.data[to + 3] = 255 * alpha(maps.map((map) => map[from] / 255));
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

// The maps of values 0 to 255 as two colours, with nothing in the middle.
function signed(map, colours) {
  const low = map.map((value) => 255 - value);
  return picture([low, map], colours, ([a, b]) => Math.min(1, Math.abs(a - b) * 1.1));
}

function planePicture() {
  const colours = palette();
  if (chosen) return signed(bytes(scene.units[chosen[0]][chosen[1]]), colours);
  const maps = scene.surface.map(bytes);
  if (!scene.classes.length) return signed(maps[0], colours);
  const least = 1 / maps.length;
  return picture(maps, colours, (shares) => 0.1 + 0.6 * Math.max(0, (Math.max(...shares) - least) / (1 - least)));
}

function scale(low, high, from, to) {
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

function drawPlane() {
  const made = paper($(".plane"), Math.min($(".plane").clientWidth, 460));
  if (!made) return;
  const { context, width, height } = made;
  const inputs = scene.names.length;
  const points = floats(scene.points);
  const split = bytes(scene.places);
  const colours = palette();
  const [low, high] = scene.values;
  const spread = 0.15 * (high - low) || 1;
  const x = scale(scene.low[0], scene.high[0], 0, width);
  const y = inputs === 2 ? scale(scene.low[1], scene.high[1], height, 0) : scale(low - spread, high + spread, height, 0);
  if (inputs === 2 && scene.surface) {
    context.imageSmoothingEnabled = true;
    context.drawImage(planePicture(), 0, 0, width, height);
    if (!chosen && scene.classes.length) contour(context, width, height);
  }
  for (let i = 0; i < split.length; i++) {
    const row = points.subarray(i * (inputs + 1), (i + 1) * (inputs + 1));
    const target = row[inputs];
    const share = scene.classes.length ? target : (target - low) / (high - low || 1);
    const rgb = scene.classes.length ? colours[target] : colours[0].map((c, k) => c + share * (colours[1][k] - c));
    dot(context, x(row[0]), y(row[1]), inputs === 1 ? colours[1] : rgb, split[i] === 0);
  }
  if (inputs === 1 && scene.surface) line(context, width, height, y);
  words(context, width, height);
}

function dot(context, x, y, rgb, filled) {
  context.beginPath();
  context.arc(x, y, 3.5, 0, 7);
  context.fillStyle = filled ? css(rgb) : "transparent";
  context.fill();
  context.lineWidth = filled ? 1 : 1.8;
  context.strokeStyle = filled ? getComputedStyle(document.body).getPropertyValue("--body-background-fill") || ink() : css(rgb);
  context.stroke();
}

// Where the likeliest class changes: between two neighbours on the grid, a piece of line across.
function contour(context, width, height) {
  const maps = scene.surface.map(bytes);
  const across = Math.round(Math.sqrt(maps[0].length));
  const lead = (k, i) => maps[k][i] - Math.max(...maps.map((map, other) => (other === k ? -1 : map[i])));
  const x = scale(0, across - 1, 0, width);
  const y = scale(0, across - 1, height, 0);
  context.strokeStyle = ink();
  context.lineWidth = 1.6;
  context.beginPath();
  for (let k = maps.length === 2 ? 1 : 0; k < maps.length; k++) {
    for (let r = 0; r + 1 < across; r++) {
      for (let c = 0; c + 1 < across; c++) {
        const corners = [[r, c], [r, c + 1], [r + 1, c + 1], [r + 1, c]].map(([i, j]) => [i, j, lead(k, i * across + j) + 0.5]);
        const cuts = [];
        corners.forEach((one, n) => {
          const other = corners[(n + 1) % 4];
          if (one[2] > 0 === other[2] > 0) return;
          const part = one[2] / (one[2] - other[2]);
          cuts.push([x(one[1] + part * (other[1] - one[1])), y(one[0] + part * (other[0] - one[0]))]);
        });
        for (let n = 0; n + 1 < cuts.length; n += 2) {
          context.moveTo(...cuts[n]);
          context.lineTo(...cuts[n + 1]);
        }
      }
    }
  }
  context.stroke();
}

// The output over a single input, or what the chosen unit gives, on a scale of its own.
function line(context, width, height, y) {
  const map = bytes(chosen ? scene.units[chosen[0]][chosen[1]] : scene.surface[0]);
  const [low, high] = scene.surface_range;
  const x = scale(0, map.length - 1, 0, width);
  const up = chosen ? scale(0, 255, height, 0) : (value) => y(low + (value / 255) * (high - low));
  context.strokeStyle = chosen ? css(colour("--seen")) : ink();
  context.lineWidth = 2.5;
  context.beginPath();
  map.forEach((value, i) => context[i ? "lineTo" : "moveTo"](x(i), up(value)));
  context.stroke();
}

function words(context, width, height) {
  context.fillStyle = ink();
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "right";
  context.fillText(scene.names[0], width - 4, height - 5);
  context.textAlign = "left";
  context.fillText(scene.names.length === 2 ? scene.names[1] : scene.target, 4, 13);
}

function drawCurves() {
  const made = paper($(".curves"), 150);
  if (!made) return;
  const { context, width, height } = made;
  const losses = scene.losses || [];
  const most = Math.max(1e-6, ...losses.map((row) => Math.max(row[1], row[2])));
  const x = scale(0, scene.total || 1, 34, width - 6);
  const y = scale(0, most, height - 18, 8);
  context.strokeStyle = css(colour("--faint"));
  context.lineWidth = 1;
  context.strokeRect(34, 8, width - 40, height - 26);
  context.fillStyle = ink();
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "right";
  context.fillText(losses.length ? most.toPrecision(2) : "", 31, 16);
  context.fillText("0", 31, height - 18);
  context.fillText(losses.length ? `${scene.total} steps` : "steps", width - 6, height - 4);
  for (const [column, name, dashes] of [[1, "--for", []], [2, "--seen", [6, 4]]]) {
    context.strokeStyle = css(colour(name));
    context.lineWidth = 2;
    context.setLineDash(dashes);
    context.beginPath();
    losses.forEach((row, i) => context[i ? "lineTo" : "moveTo"](x(row[0]), y(row[column])));
    context.stroke();
  }
  context.setLineDash([]);
}

// The columns of the network: inputs, hidden layers, outputs. Units lie below each other.
function drawNetwork() {
  const canvas = $(".network");
  const sizes = scene.weights ? [...scene.weights.map((w) => w.length), scene.biases[scene.biases.length - 1].length] : [];
  const deepest = Math.max(3, ...sizes);
  const side = deepest > 10 ? 22 : deepest > 6 ? 30 : 38;
  canvas.style.width = sizes.length > 4 ? `max(100%, ${sizes.length * 60}px)` : "100%";
  const made = paper(canvas, deepest * (side + 7) + 26);
  places = [];
  if (!made || !sizes.length) return;
  const { context, width, height } = made;
  const x = (column) => 34 + (column * (width - 68)) / (sizes.length - 1);
  const y = (column, unit) => 22 + ((height - 24) * (unit + 0.5)) / sizes[column];
  edges(context, x, y);
  const colours = palette();
  context.font = "12px system-ui, sans-serif";
  sizes.forEach((count, column) => {
    context.textAlign = "center";
    context.fillStyle = ink();
    const last = column === sizes.length - 1;
    context.fillText(column === 0 ? "inputs" : last ? "output" : scene.activations[column - 1], x(column), 13);
    for (let unit = 0; unit < count; unit++) {
      const hidden = column > 0 && !last;
      if (hidden) box(context, x(column), y(column, unit), side, column - 1, unit, colours);
      else disc(context, x(column), y(column, unit), column === 0 ? scene.names[unit] : label(unit));
    }
  });
}

function label(unit) {
  const { classes } = scene;
  return classes.length > 2 ? classes[unit] : classes.length ? classes[1] : scene.target;
}

function edges(context, x, y) {
  scene.weights.forEach((weights, column) => {
    const most = Math.max(0.01, ...weights.flat().map(Math.abs));
    weights.forEach((row, from) =>
      row.forEach((weight, to) => {
        const strength = Math.abs(weight) / most;
        context.strokeStyle = css(colourOf(weight), 0.15 + 0.85 * strength);
        context.lineWidth = 0.4 + 3.6 * strength;
        context.beginPath();
        context.moveTo(x(column), y(column, from));
        context.lineTo(x(column + 1), y(column + 1, to));
        context.stroke();
      })
    );
  });
}

let signs = null;
function colourOf(weight) {
  return signs[weight >= 0 ? 1 : 0];
}

function box(context, x, y, side, layer, unit, colours) {
  const [left, top] = [x - side / 2, y - side / 2];
  context.fillStyle = getComputedStyle(document.body).getPropertyValue("--block-background-fill");
  context.fillRect(left, top, side, side);
  const map = bytes(scene.units[layer][unit]);
  if (scene.names.length === 2) context.drawImage(signed(map, colours), left, top, side, side);
  else {
    context.strokeStyle = css(colour("--seen"));
    context.lineWidth = 1.5;
    context.beginPath();
    map.forEach((value, i) =>
      context[i ? "lineTo" : "moveTo"](left + (i * side) / (map.length - 1), top + side - (value / 255) * side)
    );
    context.stroke();
  }
  const here = chosen && chosen[0] === layer && chosen[1] === unit;
  context.strokeStyle = ink();
  context.lineWidth = here ? 3 : 0.8;
  context.strokeRect(left, top, side, side);
  places.push({ layer, unit, left, top, side });
}

function disc(context, x, y, name) {
  context.font = "12px system-ui, sans-serif";
  const short = name.length > 8 ? `${name.slice(0, 7)}…` : name;
  const wide = Math.max(26, context.measureText(short).width + 12);
  context.fillStyle = getComputedStyle(document.body).getPropertyValue("--block-background-fill");
  context.strokeStyle = ink();
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x - wide / 2, y - 13, wide, 26, 13);
  context.fill();
  context.stroke();
  context.fillStyle = ink();
  context.textAlign = "center";
  context.fillText(short, x, y + 4);
}

function key() {
  const box = $(".key");
  box.replaceChildren();
  const add = (text, colour) => {
    const span = document.createElement("span");
    if (colour) span.style.setProperty("--dot", css(colour));
    span.className = colour ? "dotted" : "";
    span.textContent = text;
    box.append(span);
  };
  const colours = palette();
  scene.classes.forEach((name, k) => add(name, colours[k]));
  if (!scene.classes.length && scene.names.length === 2) {
    add(`${scene.target} low`, colours[0]);
    add(`${scene.target} high`, colours[1]);
  }
  if (scene.surface) add("filled: training rows; rings: the others");
}

function table() {
  const body = $("tbody");
  body.replaceChildren();
  for (const row of (scene.losses || []).slice(-8)) {
    const line = document.createElement("tr");
    for (const value of row) {
      const cell = document.createElement("td");
      cell.textContent = value;
      line.append(cell);
    }
    body.append(line);
  }
}

function tell(spoken) {
  $(".told").setAttribute("aria-live", spoken ? "polite" : "off"); // a screen reader would not keep up with a training
  const title = $(".of");
  if (chosen) {
    const [layer, unit] = chosen;
    const from = layer === 0 ? scene.names : scene.weights[layer - 1][0].map((_, i) => `unit ${i + 1}`);
    const weights = scene.weights[layer].map((row, i) => `${from[i]} ${row[unit].toFixed(2)}`).join(", ");
    title.textContent = `What unit ${unit + 1} of layer ${layer + 1} gives`;
    $(".told").textContent =
      `Unit ${unit + 1} of layer ${layer + 1}, ${scene.activations[layer]}: weights of ${weights}; ` +
      `bias ${scene.biases[layer][unit].toFixed(2)}. Escape shows the output again.`;
  } else {
    title.textContent = scene.surface ? "What the network gives" : "The points";
    $(".told").textContent = scene.units && scene.units.length
      ? "Point at a unit, or go through them with the arrow keys."
      : scene.surface ? "No hidden layer: a perceptron, whose boundary is a line." : "The network appears when it is trained.";
  }
}

function draw() {
  if (!scene) return;
  if (chosen && !(scene.units && scene.units[chosen[0]] && scene.units[chosen[0]][chosen[1]])) chosen = null;
  signs = [colour("--against"), colour("--for")];
  drawPlane();
  drawCurves();
  drawNetwork();
}

function show() {
  draw();
  key();
  table();
  tell(false);
}

function choose(next) {
  const same = chosen && next ? chosen[0] === next[0] && chosen[1] === next[1] : chosen === next;
  if (same || !scene) return;
  chosen = next;
  draw();
  tell(true);
}

function at(event) {
  const box = $(".network").getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  return places.find((place) => x >= place.left && x <= place.left + place.side && y >= place.top && y <= place.top + place.side);
}

for (const kind of ["pointermove", "pointerdown"]) {
  $(".network").addEventListener(kind, (event) => {
    const found = at(event);
    choose(found ? [found.layer, found.unit] : null);
  });
}
$(".network").addEventListener("pointerleave", (event) => {
  if (event.pointerType === "mouse") choose(null);
});
$(".network").addEventListener("keydown", (event) => {
  if (event.key === "Escape") choose(null);
  const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
  if (!step || !scene || !scene.units || !scene.units.length) return;
  event.preventDefault();
  const [layer, unit] = chosen || [0, -1];
  const column = Math.min(Math.max(layer + (chosen ? step[0] : 0), 0), scene.units.length - 1);
  const row = Math.min(Math.max(unit + (chosen ? step[1] : 1), 0), scene.units[column].length - 1);
  choose([column, row]);
});

watch("value", () => {
  if (!props.value) return;
  scene = JSON.parse(props.value);
  show();
});
let fitted = 0;
new ResizeObserver(([entry]) => {
  if (entry.contentRect.width === fitted) return; // drawing changes the height
  fitted = entry.contentRect.width;
  requestAnimationFrame(draw);
}).observe($(".stage"));
new MutationObserver(draw).observe(document.body, { attributes: true, attributeFilter: ["class"] });
if (props.value) {
  scene = JSON.parse(props.value);
  show();
}
