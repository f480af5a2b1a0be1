// Keyboard shortcuts and the palette. An element names the keys that press it: <button data-key="u">.
"use strict";
{
  const open = (id) => document.getElementById(id)?.showModal();
  const typing = (target) =>
    target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const palette = () => document.getElementById("palette");

  const places = () =>
    [...document.querySelectorAll(".rail-link, .rail-chat")].map((link) => ({
      word: (link.querySelector(".word") ?? link).textContent.trim(),
      address: link.href,
      icon: link.querySelector("svg"),
    }));

  const list = () => {
    const box = palette().querySelector(".palette-list");
    const query = palette().querySelector("input").value.trim();
    const found = places().filter(({ word }) => word.toLowerCase().includes(query.toLowerCase()));
    const search = document.querySelector(".rail-link[data-search]");
    if (query && search) {
      const word = `${document.getElementById("words").dataset.searchFor} “${query}”`;
      found.push({ word, address: `${search.href}?q=${encodeURIComponent(query)}`, icon: search.querySelector("svg") });
    }
    box.replaceChildren(
      ...found.map(({ word, address, icon }, index) => {
        const item = document.createElement("a");
        item.className = "palette-item";
        item.id = `palette-${index}`;
        item.href = address;
        item.role = "option";
        item.tabIndex = -1;
        if (icon) item.append(icon.cloneNode(true));
        item.append(word);
        return item;
      }),
    );
    choose(0);
  };

  const choose = (index) => {
    const items = [...palette().querySelectorAll(".palette-item")];
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    items[index]?.scrollIntoView({ block: "nearest" });
    const input = palette().querySelector("input");
    if (items[index]) input.setAttribute("aria-activedescendant", items[index].id);
    else input.removeAttribute("aria-activedescendant");
  };

  const inPalette = (event) => {
    const items = [...palette().querySelectorAll(".palette-item")];
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") choose(Math.min(at + 1, items.length - 1));
    else if (event.key === "ArrowUp") choose(Math.max(at - 1, 0));
    else if (event.key === "Enter") items[at]?.click();
    else return;
    event.preventDefault();
  };

  const press = (event) => {
    const own = document.querySelector(`[data-key~="${CSS.escape(event.key === " " ? "Space" : event.key)}"]`);
    if (own && !own.disabled) own.matches("input, textarea") ? own.focus() : own.click();
    else if (event.key === "?") open("keys-dialog");
    else if (event.key === "/") goSearch();
    else if (event.key === "n")
      (document.querySelector("[data-new-chat]") ?? document.querySelector(".brand"))?.click();
    else return;
    event.preventDefault();
  };

  const goSearch = () => {
    const field = document.querySelector("main input[type=search]");
    if (field) field.focus();
    else document.querySelector(".rail-link[data-search]")?.click();
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette()) {
        open("palette");
        list();
        palette().querySelector("input").select();
      }
      return;
    }
    if (palette()?.open) return inPalette(event);
    if (event.key === "Escape") return escape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    // Space and Enter press the button or link that has the focus.
    if ([" ", "Enter"].includes(event.key) && event.target.matches("button, a, summary")) return;
    press(event);
  });

  // Esc closes an open menu, or stops an answer, or takes the focus out of a field.
  const escape = (event) => {
    const menu = document.querySelector("details.menu[open]");
    const stop = document.querySelector('[data-key~="Escape"]');
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (document.querySelector("dialog[open]")) return;
    else if (stop) stop.click();
    else if (typing(event.target)) event.target.blur();
  };

  document.addEventListener("input", ({ target }) => {
    if (palette()?.contains(target)) list();
  });
}
