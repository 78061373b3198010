// Brings the shared notes of both pieces into view.
watch("value", () => {
  for (const box of element.querySelectorAll(".scroll")) {
    const note = box.querySelector(".shared");
    if (note) box.scrollLeft = Number(note.getAttribute("x")) - 40;
  }
});
