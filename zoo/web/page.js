// What every tab shares in the browser: the theme that somebody has chosen, and the address that tells the state.
window.studio = {
  // Writes a tab and its controls into the address. Empty values, and texts of more than `most` characters, are left out.
  write(tab, names, values, most) {
    const title = document.getElementById(`tab-${tab}-button`);
    if (title && title.getAttribute("aria-selected") !== "true") return; // a control changed behind the tab in front
    const address = new URLSearchParams({ tab });
    const theme = new URLSearchParams(location.search).get("__theme");
    if (theme) address.set("__theme", theme);
    const long = [];
    names.forEach((name, i) => {
      const value = values[i];
      if (value === null || value === undefined || value === "") return;
      if (String(value).length > most) long.push(name);
      else address.set(name, String(value));
    });
    history.replaceState(null, "", `?${address}`);
    const note = document.getElementById("link-note");
    if (note) note.textContent = long.length ? `Too long for a link, so the address leaves it out: ${long.join(", ")}.` : "";
  },

  theme() {
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem("studio-theme", dark ? "dark" : "light");
    const address = new URLSearchParams(location.search);
    address.delete("__theme"); // which would undo the choice when the page opens again
    history.replaceState(null, "", `?${address}`);
  },
};

// A new answer takes the place of the former one in the same elements, and closes a <details>. One that somebody has opened stays open.
document.addEventListener("click", (event) => {
  const details = event.target.closest("summary")?.parentElement;
  if (details) details.wanted = !details.open; // which the click changes when this has run
});
new MutationObserver((changes) => {
  for (const { target } of changes) if (target.wanted && !target.open) target.open = true;
}).observe(document.documentElement, { subtree: true, attributeFilter: ["open"] });

// Gradio shows the title of a choice, but does not give it to the group as its name, which screen readers tell.
const nameGroups = () => {
  for (const group of document.querySelectorAll("fieldset:not([aria-label])")) {
    const title = group.querySelector('[data-testid="block-info"]');
    if (title) group.setAttribute("aria-label", title.textContent.trim());
  }
};
nameGroups();
new MutationObserver(nameGroups).observe(document.documentElement, { subtree: true, childList: true });

// Gradio has chosen the theme of the system, or that of the address, when it runs this script; the user's own choice comes after.
const keptTheme = localStorage.getItem("studio-theme");
if (keptTheme && !new URLSearchParams(location.search).has("__theme")) {
  document.body.classList.toggle("dark", keptTheme === "dark");
}
