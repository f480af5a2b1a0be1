// "Remember" on a selection inside a message: a small button below the selected text, which Tab reaches next.
"use strict";
{
  const PAUSE = 250; // ms without a change, after which the selection is taken as finished
  const GAP = 6; // px between the selection and the button
  const HANDLE = 28; // px below a selection, where touch screens show a handle to drag it
  const form = document.getElementById("remember");
  const home = form.parentElement;
  const button = form.querySelector("button");
  let timer = 0;
  let pressed = false;

  const elementOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
  const bodyOf = (node) => elementOf(node).closest(".message-body:not(.writing)");

  // The part of the selection inside one message, or null. A triple click ends a selection after the message.
  const selectedRange = () => {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0).cloneRange();
    const body = bodyOf(range.startContainer);
    const end = bodyOf(range.endContainer);
    if (!body || (end && end !== body)) return null;
    if (!end) range.setEndAfter(body.lastChild);
    return range;
  };

  // The text as the server knows it: formulas as TeX, lines for blocks, without the labels of buttons.
  const textOf = (range) => {
    const formula = elementOf(range.commonAncestorContainer).closest(".math.typeset");
    if (formula) return formula.dataset.tex;
    const part = document.createElement("div");
    part.append(range.cloneContents());
    for (const copy of part.querySelectorAll(".copy")) copy.remove();
    for (const formula of part.querySelectorAll(".math.typeset")) formula.textContent = formula.dataset.tex;
    for (const cell of part.querySelectorAll("td, th")) cell.append(" ");
    for (const block of part.querySelectorAll("p, li, pre, tr, blockquote, br, h3, h4, h5, h6")) block.after("\n");
    return part.textContent.trim();
  };

  const hide = () => {
    if (form.hidden) return;
    const message = form.closest(".message");
    const focused = form.contains(document.activeElement);
    form.hidden = true;
    home.append(form);
    if (!focused || !message) return;
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
  };

  const place = (range) => {
    const rects = range.getClientRects();
    const end = rects[rects.length - 1] ?? range.getBoundingClientRect();
    const message = form.parentElement.getBoundingClientRect();
    const space = matchMedia("(pointer: coarse)").matches ? HANDLE : GAP;
    const left = end.right - message.left - form.offsetWidth / 2;
    form.style.top = `${end.bottom - message.top + space}px`;
    form.style.left = `${Math.max(0, Math.min(left, message.width - form.offsetWidth))}px`;
  };

  const show = () => {
    const range = pressed ? null : selectedRange();
    const text = range ? textOf(range) : "";
    if (!text) return;
    const message = elementOf(range.startContainer).closest(".message");
    form.elements.message_id.value = message.id.replace("message-", "");
    form.elements.text.value = text;
    bodyOf(range.startContainer).after(form);
    form.hidden = false;
    place(range);
  };

  const update = () => {
    clearTimeout(timer);
    if (selectedRange()) timer = setTimeout(show, PAUSE);
    else if (!form.contains(document.activeElement)) hide();
  };

  document.addEventListener("selectionchange", update);
  document.addEventListener("pointerdown", (event) => {
    pressed = !form.contains(event.target);
    if (!pressed) event.preventDefault(); // the text stays selected
  });
  for (const end of ["pointerup", "pointercancel"])
    document.addEventListener(end, () => {
      pressed = false;
      update();
    });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    // Browsers differ in where Tab goes from a selection. From the button it goes on as usual.
    if (event.key !== "Tab" || event.shiftKey || form.hidden || form.contains(document.activeElement)) return;
    event.preventDefault();
    button.focus();
  });
  form.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful) return;
    hide();
    getSelection().removeAllRanges();
  });
  button.addEventListener("blur", update);
}
