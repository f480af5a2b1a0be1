// The keys of the tree editor, and dragging. Both fill in and send the forms that also work without this script.
"use strict";
{
  const EDGE = 0.3; // of a row's height: above it a skill is dropped before the row, in the middle below it
  const BORDER = 80; // px of the window's top and bottom, where dragging scrolls
  const SPEED = 12; // px for each movement of the pointer
  const MOVES = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "outdent", ArrowRight: "indent" };
  const tree = () => document.getElementById("tree");
  const links = () => [...tree().querySelectorAll(".skill-link")];
  const itemOf = (node) => node?.closest(".skills li");
  const idOf = (node) => node.closest("[data-skill]").dataset.skill;
  const busy = () => tree().matches(".htmx-request") || tree().querySelector(".htmx-request");

  const send = (selector, values) => {
    const form = tree().querySelector(selector);
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    if (!busy()) form.requestSubmit();
  };
  const move = (skill, move, target = "") => send("[data-skill-move]", { skill, move, target });

  const addBelow = (link) => {
    const { title, below } = tree().querySelector("[data-skill-add]").elements;
    const parent = [link, itemOf(itemOf(link).parentElement)?.querySelector(".skill-link")].find(
      (candidate) => candidate && [...below.options].some(({ value }) => value === idOf(candidate)),
    );
    below.value = parent ? idOf(parent) : "";
    title.focus();
  };

  const walk = (link, key) => {
    const all = links();
    const steps = {
      ArrowDown: () => all[all.indexOf(link) + 1],
      ArrowUp: () => all[all.indexOf(link) - 1],
      ArrowRight: () => itemOf(link).querySelector(":scope > ul .skill-link"),
      ArrowLeft: () => itemOf(itemOf(link).parentElement)?.querySelector(".skill-link"),
      Home: () => all[0],
      End: () => all.at(-1),
    };
    return steps[key]?.();
  };

  const undo = () => [...document.querySelectorAll("#toasts form button")].at(-1);

  const handleKey = (event, link) => {
    if (event.altKey) {
      if (!MOVES[event.key]) return;
      move(idOf(link), MOVES[event.key]);
    } else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === "F2") link.click();
    else if (event.key === "Insert") addBelow(link);
    else if (event.key === "Delete") send("[data-skill-delete]", { skill: idOf(link) });
    else if (/^(Arrow|Home|End)/.test(event.key)) walk(link, event.key)?.focus();
    else return;
    event.preventDefault();
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const { target } = event;
    if (event.key === "Escape") target.closest?.(".skill-panel")?.querySelector("[data-close]").click();
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !target.matches("input, textarea") && undo()) {
      event.preventDefault();
      undo().click();
    } else if (target.matches(".skill-link")) handleKey(event, target);
  });

  document.addEventListener("htmx:afterSettle", () => {
    const { announcement } = tree().dataset;
    if (announcement) document.getElementById("tree-status").textContent = announcement;
    delete tree().dataset.announcement;
  });

  // Dragging by the grip, with a mouse, a pen or a finger.
  let drag = null; // { skill, row, drop: { row, move } }

  const mark = (drop) => {
    for (const row of tree().querySelectorAll(".drop-before, .drop-after, .drop-into"))
      row.classList.remove("drop-before", "drop-after", "drop-into");
    drop?.row.classList.add(`drop-${drop.move}`);
    drag.drop = drop;
  };

  const dropAt = ({ clientX, clientY }) => {
    const row = document.elementFromPoint(clientX, clientY)?.closest(".skill-row");
    if (!row || itemOf(drag.row).contains(row)) return null;
    const { top, height } = row.getBoundingClientRect();
    const part = (clientY - top) / height;
    return { row, move: part < EDGE ? "before" : part > 1 - EDGE ? "after" : "into" };
  };

  const end = (commit) => {
    if (!drag) return;
    const { skill, row, drop } = drag;
    mark(null);
    row.classList.remove("skill-dragged");
    drag = null;
    if (commit && drop) move(skill, drop.move, idOf(drop.row));
  };

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(".skill-grip");
    if (!grip || event.button) return;
    event.preventDefault();
    const row = grip.closest(".skill-row");
    drag = { skill: idOf(row), row, drop: null };
    row.classList.add("skill-dragged");
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    mark(dropAt(event));
    if (event.clientY < BORDER) scrollBy(0, -SPEED);
    else if (event.clientY > innerHeight - BORDER) scrollBy(0, SPEED);
  });
  document.addEventListener("pointerup", () => end(true));
  document.addEventListener("pointercancel", () => end(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && end(false));
}
