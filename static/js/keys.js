// Keyboard shortcuts and the command palette. `data-key` names the keys that click an element: <button data-key="u">.
"use strict";
{
  const open = (id) => document.getElementById(id)?.showModal();
  const typing = (target) => target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  const palette = () => document.getElementById("palette");

  const pages = () =>
    [...document.querySelectorAll(".rail-link, .rail-chat")].map((link) => ({
      label: (link.querySelector(".word") ?? link).textContent.trim(),
      url: link.href,
      icon: link.querySelector("svg"),
    }));

  const showMatches = () => {
    const list = palette().querySelector(".palette-list");
    const query = palette().querySelector("input").value.trim();
    const matches = pages().filter(({ label }) => label.toLowerCase().includes(query.toLowerCase()));
    const search = document.querySelector(".rail-link[data-search]");
    if (query && search) {
      const label = `${document.getElementById("script-texts").dataset.searchFor} “${query}”`;
      matches.push({ label, url: `${search.href}?q=${encodeURIComponent(query)}`, icon: search.querySelector("svg") });
    }
    list.replaceChildren(
      ...matches.map(({ label, url, icon }, index) => {
        const item = document.createElement("a");
        item.className = "palette-item";
        item.id = `palette-${index}`;
        item.href = url;
        item.role = "option";
        item.tabIndex = -1;
        if (icon) item.append(icon.cloneNode(true));
        item.append(label);
        return item;
      }),
    );
    select(0);
  };

  const select = (index) => {
    const items = [...palette().querySelectorAll(".palette-item")];
    items.forEach((item, position) => item.setAttribute("aria-selected", String(position === index)));
    items[index]?.scrollIntoView({ block: "nearest" });
    const input = palette().querySelector("input");
    if (items[index]) input.setAttribute("aria-activedescendant", items[index].id);
    else input.removeAttribute("aria-activedescendant");
  };

  const handlePaletteKey = (event) => {
    const items = [...palette().querySelectorAll(".palette-item")];
    const selected = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") select(Math.min(selected + 1, items.length - 1));
    else if (event.key === "ArrowUp") select(Math.max(selected - 1, 0));
    else if (event.key === "Enter") items[selected]?.click();
    else return;
    event.preventDefault();
  };

  const handleShortcut = (event) => {
    const element = document.querySelector(`[data-key~="${CSS.escape(event.key === " " ? "Space" : event.key)}"]`);
    if (element && !element.disabled) element.matches("input, textarea") ? element.focus() : element.click();
    else if (event.key === "?") open("keys-dialog");
    else if (event.key === "/") openSearch();
    else if (event.key === "n")
      (document.querySelector("[data-new-chat]") ?? document.querySelector(".brand"))?.click();
    else return;
    event.preventDefault();
  };

  const openSearch = () => {
    const field = document.querySelector("main input[type=search]");
    if (field) field.focus();
    else document.querySelector(".rail-link[data-search]")?.click();
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette()) {
        open("palette");
        showMatches();
        palette().querySelector("input").select();
      }
      return;
    }
    if (palette()?.open) return handlePaletteKey(event);
    if (event.key === "Escape") return handleEscape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    // Space and Enter press the button or link that has the focus.
    if ([" ", "Enter"].includes(event.key) && event.target.matches("button, a, summary")) return;
    handleShortcut(event);
  });

  // Esc closes an open menu, or stops an answer, or takes the focus out of a field.
  const handleEscape = (event) => {
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
    if (palette()?.contains(target)) showMatches();
  });
}
