// Ties the player, the piano roll and the printed music together: the cursor follows the sound, a note can be pointed at.
let chosen = -1;
let frame = 0;

const one = (selector) => element.querySelector(selector);
const notes = () => [...element.querySelectorAll(".scroll .note")];

// All pictures of a note: its box in the roll, and its heads in the printed music.
function pictures(n) {
  return element.querySelectorAll(`.scroll .note[data-n="${n}"], .printed .note.n${n}`);
}

function place(seconds) {
  const clock = JSON.parse(one(".roll").dataset.clock);
  for (let i = 1; i < clock.length; i += 1) {
    const [[x, from], [right, to]] = [clock[i - 1], clock[i]];
    if (seconds <= to || i === clock.length - 1) return x + ((right - x) * (seconds - from)) / Math.max(to - from, 0.001);
  }
  return 0;
}

// Moves the cursor to where the sound is, and marks the notes that sound.
function follow() {
  const audio = one("audio");
  const cursor = one(".roll .cursor");
  if (!audio || !cursor) return;
  const now = audio.currentTime;
  const x = place(now);
  cursor.setAttribute("transform", `translate(${x.toFixed(1)} 0)`);
  const box = one(".scroll");
  if (x < box.scrollLeft || x > box.scrollLeft + 0.8 * box.clientWidth) box.scrollLeft = x - 0.2 * box.clientWidth;
  for (const note of notes()) {
    const sounds = Number(note.dataset.from) <= now && now < Number(note.dataset.to) && !(audio.paused && now === 0);
    if (sounds !== note.classList.contains("sounding")) {
      pictures(note.dataset.n).forEach((picture) => picture.classList.toggle("sounding", sounds));
    }
  }
}

function run() {
  follow();
  const audio = one("audio");
  cancelAnimationFrame(frame);
  if (audio && !audio.paused) frame = requestAnimationFrame(run);
}

function choose(n, hear) {
  const all = notes();
  if (!all[n]) return;
  element.querySelectorAll(".chosen").forEach((picture) => picture.classList.remove("chosen"));
  chosen = n;
  pictures(n).forEach((picture) => picture.classList.add("chosen"));
  const reason = document.querySelector(`#compose-why [data-n="${n}"]`);
  one(".told").textContent = all[n].querySelector("title").textContent + (reason ? `: ${reason.dataset.told}` : "");
  if (hear) play(Number(all[n].dataset.from));
}

// Plays from a second on. Of a long piece the sound holds the beginning alone; at its end, a player would start anew.
function play(seconds) {
  const audio = one("audio");
  if (!audio || seconds >= audio.duration) return;
  audio.currentTime = seconds;
  audio.play().catch(() => {}); // a next note, or a new piece, came before the sound did
}

// The note of the roll or of the printed music that an event is about, or -1.
function at(event) {
  const note = event.target.closest(".note");
  if (!note) return -1;
  const printed = [...note.classList].find((name) => /^n\d+$/.test(name));
  return printed ? Number(printed.slice(1)) : Number(note.dataset.n);
}

for (const kind of ["play", "seeking", "pause", "ended"]) element.addEventListener(kind, run, true);
element.addEventListener("pointerover", (event) => { if (at(event) >= 0) choose(at(event), false); });
element.addEventListener("click", (event) => { if (at(event) >= 0) choose(at(event), true); });
element.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !event.target.classList.contains("scroll")) return;
  event.preventDefault();
  choose(Math.min(Math.max(chosen + step, 0), notes().length - 1), true);
});
document.addEventListener("compose-note", (event) => choose(event.detail, true));
watch("value", () => { chosen = -1; });
