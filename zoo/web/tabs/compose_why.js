// A note that is pressed here is chosen in the piano roll, and heard from there.
element.addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  if (card) document.dispatchEvent(new CustomEvent("compose-note", { detail: Number(card.dataset.n) }));
});
