// Shows, for the word under the pointer or the arrow keys, which words of the other language the network connects with it.
function weights(box) {
  // The page keeps the element when a new text has new data, so what was decoded belongs to the data that it came from.
  if (box.decoded !== box.dataset.weights) {
    box.decoded = box.dataset.weights;
    box.bytes = Uint8Array.from(atob(box.decoded), (c) => c.charCodeAt(0));
  }
  return box.bytes;
}

// What word i of a line has to do with each word of the other line: a row of the attention, or a column.
function connected(box, isTarget, i, count) {
  const columns = Number(box.dataset.columns);
  return [...Array(count).keys()].map((j) => weights(box)[isTarget ? i * columns + j : j * columns + i] / 255);
}

function show(line, i) {
  const box = line.closest(".looked");
  const isTarget = line.classList.contains("target");
  const other = box.querySelector(isTarget ? ".source" : ".target").children;
  const word = line.children[i];
  if (!word) return;
  for (const each of box.querySelectorAll(".line span")) {
    each.classList.remove("chosen");
    each.style.removeProperty("--attention");
  }
  word.classList.add("chosen");
  const values = connected(box, isTarget, i, other.length);
  values.forEach((value, j) => other[j].style.setProperty("--attention", value));
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, 3);
  const told = order.map((j) => `${other[j].textContent} ${Math.round(100 * values[j])} %`).join(", ");
  box.querySelector(".told").textContent = isTarget
    ? `For ${word.textContent} the network looked at ${told}.`
    : `${word.textContent} was looked at for ${told}.`;
}

for (const kind of ["mouseover", "click"]) {
  element.addEventListener(kind, (event) => {
    const word = event.target.closest(".line span");
    if (word) show(word.parentElement, [...word.parentElement.children].indexOf(word));
  });
}

element.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const line = event.target.closest(".line");
  if (!step || !line) return;
  event.preventDefault();
  const now = [...line.children].findIndex((word) => word.classList.contains("chosen"));
  show(line, Math.min(Math.max(now + step, 0), line.children.length - 1));
});
