// A click on a next word sends it to the server; the pointer or the arrow keys tell the probability of a character.
let place = -1;
let chosen = false;

function show(i) {
  const all = element.querySelectorAll(".surprise span");
  if (!all[i]) return;
  all[place]?.classList.remove("chosen");
  place = i;
  all[i].classList.add("chosen");
  element.querySelector(".told").textContent = all[i].dataset.told;
}

element.addEventListener("click", (event) => {
  const button = event.target.closest(".next button");
  if (!button) return;
  chosen = true;
  trigger("select", { word: button.dataset.word });
});

element.addEventListener("mouseover", (event) => {
  const character = event.target.closest(".surprise span");
  if (character) show([...character.parentElement.children].indexOf(character));
});

element.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const box = event.target.closest(".surprise");
  if (!step || !box) return;
  event.preventDefault();
  show(Math.min(Math.max(place + step, 0), box.children.length - 1));
});

// After a choice there are other words: the first of them has the focus, so that the keyboard can go on.
watch("value", () => {
  place = -1;
  if (chosen) element.querySelector(".next button")?.focus();
  chosen = false;
});
