// What every tab shares in the browser: the theme that somebody has chosen, and the address that tells the state.
window.studio = {
  // Writes a tab and its controls into the address. Empty values, and texts of more than `most` characters, are left out.
  write(tab, names, values, most) {
    const title = document.getElementById(`tab-${tab}-button`);
    if (title && title.getAttribute("aria-selected") !== "true") return; // a control changed behind the tab in front
    const address = new URLSearchParams({ tab });
    const theme = new URLSearchParams(location.search).get("__theme");
    if (theme) address.set("__theme", theme);
    names.forEach((name, i) => {
      const value = values[i];
      if (value === null || value === undefined || value === "" || String(value).length > most) return;
      address.set(name, String(value));
    });
    history.replaceState(null, "", `?${address}`);
  },

  theme() {
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem("studio-theme", dark ? "dark" : "light");
  },
};

// Gradio chooses the theme of the system when the page starts; the user's own choice comes after that.
window.addEventListener("load", () => {
  const kept = localStorage.getItem("studio-theme");
  if (kept) setTimeout(() => document.body.classList.toggle("dark", kept === "dark"), 0);
});
