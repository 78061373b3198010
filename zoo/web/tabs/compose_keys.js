// Plays the keys of the piano and writes their notes in ABC notation into the field below them.
const NAMES = ["C", "^C", "D", "^D", "E", "F", "^F", "G", "^G", "A", "^A", "B"];
let sound = null;

const field = () => document.querySelector("#compose-notes textarea");

// Gradio learns of a new text as if somebody had typed it.
function write(text) {
  const box = field();
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function add(word) {
  const before = field().value.trimEnd();
  write(before ? `${before} ${word}` : word);
}

function undo() {
  write(field().value.trimEnd().split(/\s+/).slice(0, -1).join(" "));
}

function length() {
  const value = element.querySelector("select").value;
  return value === "1" ? "" : value;
}

// A pitch in ABC notation. A sharp holds to the end of the bar, so a later natural on its line needs a sign of its own.
function name(pitch) {
  const sharp = NAMES[pitch % 12].startsWith("^");
  let letter = NAMES[pitch % 12].replace("^", "");
  const octave = Math.floor(pitch / 12) - 5;
  if (octave > 0) letter = letter.toLowerCase() + "'".repeat(octave - 1);
  if (sharp) return `^${letter}`;
  return new RegExp(`\\^${letter}(?!')`).test(field().value) ? `=${letter}` : letter;
}

function ring(pitch) {
  sound = sound || new AudioContext();
  const tone = sound.createOscillator();
  const loudness = sound.createGain();
  tone.type = "triangle";
  tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
  loudness.gain.setValueAtTime(0.3, sound.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.5);
  tone.connect(loudness).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.5);
}

function play(key) {
  const pitch = Number(key.dataset.pitch);
  add(name(pitch) + length());
  ring(pitch);
  key.classList.add("down");
  setTimeout(() => key.classList.remove("down"), 150);
}

element.addEventListener("pointerdown", (event) => {
  const key = event.target.closest("[data-pitch]");
  if (!key) return;
  event.preventDefault(); // the focus stays on the whole keyboard
  element.querySelector(".keys").focus({ preventScroll: true });
  play(key);
});
element.addEventListener("click", (event) => {
  if (event.target.closest(".rest")) add(`z${length()}`);
  else if (event.target.closest(".undo")) undo();
  else if (event.detail === 0 && event.target.closest("[data-pitch]")) play(event.target.closest("[data-pitch]")); // no pointer
});
element.addEventListener("keydown", (event) => {
  if (!event.target.closest(".keys") || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 && event.key !== " " && element.querySelector(`[data-letter="${CSS.escape(event.key.toLowerCase())}"]`);
  if (key && !event.repeat) play(key);
  else if (event.key === " ") add(`z${length()}`);
  else if (event.key === "Backspace") undo();
  else return;
  event.preventDefault();
});
