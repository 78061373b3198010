// Shows over the picture where the network looked at the word under the pointer or the arrow keys; or at each word in turn.
const HIDDEN = 0.8; // how much of a place is covered where the network did not look
const PAUSE = 700; // milliseconds between two words
let timer = null;

function stop() {
  clearInterval(timer);
  timer = null;
}

function show(word) {
  if (!word) return;
  element.querySelectorAll(".caption .chosen").forEach((each) => each.classList.remove("chosen"));
  word.classList.add("chosen");
  const bytes = Uint8Array.from(atob(word.dataset.weights), (c) => c.charCodeAt(0));
  const grid = Number(word.dataset.grid);
  const cover = element.querySelector(".stage canvas");
  cover.width = cover.height = grid; // the browser enlarges it smoothly
  const image = new ImageData(grid, grid);
  bytes.forEach((weight, i) => image.data.set([128, 128, 128, Math.round(HIDDEN * (255 - weight))], 4 * i));
  cover.getContext("2d").putImageData(image, 0, 0);
  element.querySelector(".told").textContent = `At ${word.textContent} the network looked most at ${word.dataset.place}.`;
}

for (const kind of ["mouseover", "click"]) {
  element.addEventListener(kind, (event) => {
    const word = event.target.closest(".caption span");
    if (!word) return;
    stop();
    show(word);
  });
}

element.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const line = event.target.closest(".caption");
  if (!step || !line) return;
  event.preventDefault();
  stop();
  const now = [...line.children].findIndex((word) => word.classList.contains("chosen"));
  show(line.children[Math.min(Math.max(now + step, 0), line.children.length - 1)]);
});

element.addEventListener("click", (event) => {
  if (!event.target.closest(".play")) return;
  stop();
  const words = element.querySelector(".caption").children;
  let i = 0;
  show(words[0]);
  timer = setInterval(() => {
    i += 1;
    if (i < words.length) show(words[i]);
    else stop();
  }, PAUSE);
});

watch("value", stop);
