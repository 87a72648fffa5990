/* The queue by keyboard, while the focus is in it: J and K from line to line, E opens what can be said of one. */
(() => {
  "use strict";

  const typing = (element) => element.matches("input, textarea, select") || element.isContentEditable;

  document.addEventListener("keydown", (event) => {
    const queue = document.getElementById("queue");
    if (!queue?.contains(event.target) || typing(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const lines = [...queue.querySelectorAll(".queue-line")];
    const here = lines.indexOf(event.target.closest(".queue-line"));
    const step = { j: 1, k: -1 }[event.key];
    if (step) {
      const line = lines[Math.min(Math.max(here + step, 0), lines.length - 1)];
      line?.querySelector(".queue-words a").focus();
    } else if (event.key === "e" && here >= 0) {
      const later = lines[here].querySelector(".queue-later");
      later.open = !later.open;
    } else if (event.key === "Escape" && here >= 0) {
      for (const open of lines[here].querySelectorAll("details[open]")) open.open = false;
      lines[here].querySelector(".queue-words a").focus();
    } else return;
    event.preventDefault();
  });
})();
