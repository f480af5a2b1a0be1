// Keyboard shortcuts. `data-key` names the keys that click an element: <button data-key="u">.
"use strict";
{
  const open = (id) => document.getElementById(id)?.showModal();
  const typing = (target) => target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
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

  if (navigator.platform.startsWith("Mac"))
    for (const key of document.querySelectorAll("[data-modifier-key]")) key.textContent = "⌘";
}
