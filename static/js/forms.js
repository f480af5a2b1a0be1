// Forms, dialogs and menus. Enter sends a chat message, Ctrl-Enter submits any form, and the focus moves after a swap.
"use strict";
{
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.form) return;
    const composer = event.target.matches("[data-composer]");
    // On a touch screen there is no Shift-Enter, so Enter begins a new line.
    const submits =
      event.ctrlKey || event.metaKey || (composer && !event.shiftKey && !matchMedia("(pointer: coarse)").matches);
    if (!submits) return;
    event.preventDefault();
    if (!composer || event.target.value.trim()) event.target.form.requestSubmit();
  });

  // For browsers without `field-sizing`. The content policy allows styles that are set through the CSSOM.
  if (!CSS.supports("field-sizing", "content")) {
    document.addEventListener("input", ({ target }) => {
      if (!target.matches("textarea")) return;
      target.style.height = "auto";
      target.style.height = `${target.scrollHeight + 2}px`;
    });
  }

  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-opens-dialog]");
    if (opener) document.getElementById(opener.dataset.opensDialog)?.showModal();
    if (target.matches("dialog")) target.close(); // the backdrop
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  });

  // A button marked data-submit-once is disabled after its form was submitted, and enabled when the user comes back.
  document.addEventListener("submit", ({ target }) => {
    const button = target.querySelector("[data-submit-once]");
    if (button)
      setTimeout(() => {
        button.disabled = true;
      });
  });
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-submit-once]")) button.disabled = false;
  });

  // After a swap the focus goes to the first invalid field, or else to the element marked data-focus.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const root = detail.elt.isConnected ? detail.elt : document;
    const next = root.querySelector("[aria-invalid='true']") ?? root.querySelector("[data-focus]");
    if (next && !next.contains(document.activeElement)) next.focus({ preventScroll: next.matches("[data-composer]") });
  });

  // A select marked data-submit-on-change submits its form when it changes.
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-submit-on-change]")) target.form.requestSubmit();
  });
}
