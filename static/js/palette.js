// The command palette. Ctrl-K, or Cmd-K on a Mac, opens it. The server finds its entries while the user types; the focus
// stays in the field, and aria-activedescendant names the selected entry.
"use strict";
{
  const dialog = document.getElementById("palette");
  const input = document.getElementById("palette-input");
  const list = document.getElementById("palette-list");
  const status = document.getElementById("palette-status");
  const texts = document.getElementById("script-texts").dataset;
  let requested = null; // the query of the last request
  let shown = null; // the query whose entries are in the list
  let entered = false; // Enter was pressed before the entries of this query were there

  const options = () => [...list.querySelectorAll("[role=option]")];
  const selected = () => list.querySelector("[aria-selected=true]");

  const select = (option) => {
    selected()?.setAttribute("aria-selected", "false");
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    // With the first entry of a group, its title.
    for (const element of [option.previousElementSibling, option]) element?.scrollIntoView({ block: "nearest" });
  };

  const empty = (text) => {
    list.replaceChildren();
    select(null);
    shown = null;
    status.textContent = text;
  };

  const open = () => {
    if (dialog.open) return dialog.close();
    entered = false;
    input.value = "";
    if (shown !== "") empty("");
    dialog.showModal();
    htmx.trigger(input, "open-palette");
  };

  const move = (step) => {
    const all = options();
    if (all.length) select(all[(all.indexOf(selected()) + step + all.length) % all.length]);
  };

  const MOVES = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Home: () => select(options()[0]),
    End: () => select(options().at(-1)),
    Enter: () => {
      if (shown === input.value) selected()?.click();
      else entered = true;
    },
  };

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !Object.hasOwn(MOVES, event.key)) return;
    event.preventDefault();
    MOVES[event.key]();
  });
  input.addEventListener("input", () => {
    entered = false;
  });
  input.addEventListener("htmx:beforeRequest", () => {
    requested = input.value;
  });
  // After the swap. A request that a newer one replaced never gets here.
  input.addEventListener("htmx:afterOnLoad", ({ detail }) => {
    if (detail.xhr.status === 422) return empty(status.textContent);
    if (detail.xhr.status >= 400) return empty(texts.failed);
    shown = requested;
    select(options()[0]);
    if (entered && shown === input.value) selected()?.click();
  });
  input.addEventListener("htmx:sendError", (event) => {
    event.stopPropagation(); // a toast would be behind the dialog
    empty(texts.offline);
  });

  // Before the click has its effect, so that the focus is back where it was when a link or another dialog opens.
  list.addEventListener("click", ({ target }) => {
    if (target.closest("[role=option]")) dialog.close();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-opens-palette]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    open();
  });
}
