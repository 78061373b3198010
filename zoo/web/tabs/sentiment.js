// Shows, for the word under the pointer or the arrow keys, how much each head attends from it to every word.
let chosen = -1;

function words() {
  return [...element.querySelectorAll(".words span")];
}

// The attention from word i to each word, of one head: the rows of all heads lie one after the other in the data.
function row(head, i) {
  const box = element.querySelector(".words");
  const shown = Number(box.dataset.shown);
  // The page keeps the element when a new text has new data, so what was decoded belongs to the data that it came from.
  if (box.decoded !== box.dataset.attention) {
    box.decoded = box.dataset.attention;
    box.bytes = Uint8Array.from(atob(box.decoded), (c) => c.charCodeAt(0));
  }
  if (i >= shown) return null;
  const start = (head * shown + i) * shown;
  return box.bytes.subarray(start, start + shown);
}

function strongest(all, values) {
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, 3);
  return order.map((j) => `“${all[j].textContent}” ${Math.round((100 * values[j]) / 255)} %`).join(", ");
}

function show(i) {
  chosen = i;
  const all = words();
  const select = element.querySelector("select");
  if (!all[i] || !select) return;
  const head = Number(select.value) - 1;
  const values = head < 0 ? null : row(head, i);
  const largest = values ? Math.max(1, ...values) : 1;
  all.forEach((word, j) => {
    word.classList.toggle("chosen", j === i);
    word.classList.toggle("attended", Boolean(values));
    word.style.setProperty("--attention", values && j < values.length ? values[j] / largest : 0);
  });
  const told = [`“${all[i].textContent}”: weight ${all[i].dataset.weight}`];
  const heads = head < 0 ? [...Array(select.options.length - 1).keys()] : [head];
  for (const each of heads) {
    const attention = row(each, i);
    if (attention) told.push(`${select.options[each + 1].textContent} looks at ${strongest(all, attention)}`);
  }
  element.querySelector(".told").textContent = told.join("; ") + ".";
}

function place(event) {
  const word = event.target.closest(".words span");
  return word ? Number(word.dataset.i) : -1;
}

for (const kind of ["mouseover", "click"]) {
  element.addEventListener(kind, (event) => {
    if (place(event) >= 0) show(place(event));
  });
}
element.addEventListener("change", () => show(Math.max(chosen, 0)));
element.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.classList.contains("words")) return;
  event.preventDefault();
  show(Math.min(Math.max(chosen + step, 0), words().length - 1));
});
watch("value", () => {
  chosen = -1;
  if (element.querySelector("select")?.value > 0) show(0); // the choice of a head stays
});
