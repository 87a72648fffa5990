/* What the browser adds to pages that already work without it: focus, menus, and a second look before harm. */
(() => {
  "use strict";

  const announce = (words) => {
    const region = document.getElementById("announcements");
    if (region) region.textContent = words;
  };

  // A swap must never leave the keyboard on nothing: go to what the server marked with data-focus, else, where the
  // focus was inside the piece that went, to the piece that came. Focus elsewhere on the page is never taken.
  let inside = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    inside = event.detail.target.contains(document.activeElement);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const piece = event.detail.elt;
    if (!inside || !piece.isConnected) return;
    const marked = piece.matches("[data-focus]") ? piece : piece.querySelector("[data-focus]");
    if (!marked && document.activeElement !== document.body) return;
    const target = marked || piece;
    if (!target.matches("a[href], button, input, select, textarea, summary, [tabindex]")) target.tabIndex = -1;
    target.focus({ preventScroll: !marked });
  });

  // A request that fails leaves what was typed where it is, and says so.
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, () => announce(document.body.dataset.trouble));
  }
  document.addEventListener("htmx:beforeRequest", () => announce(""));

  // Menus are <details class="menu">: Escape and a click elsewhere close them, and one opens at a time.
  const close = (menu, refocus) => {
    menu.open = false;
    if (refocus) menu.querySelector("summary").focus();
  };
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) close(menu, false);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) close(menu, menu.contains(event.target));
  });

  // <form data-confirm="…"> or <button data-confirm="…"> asks first.
  document.addEventListener("submit", (event) => {
    const asked = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (asked && !window.confirm(asked)) event.preventDefault();
  }, true);

  // <select data-submits> and its like send their form when they change; without script the form's button does.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });

  // After a refused form the summary has the floor.
  const summary = document.querySelector(".form-errors");
  if (summary) summary.focus();
})();
