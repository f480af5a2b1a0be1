// How long a card was looked at, from its question to its rating. Everything else on this page works without script.
"use strict";
{
  const asked = new Map(); // card id → when its question appeared

  const look = () => {
    const reveal = document.querySelector("[data-asked]");
    if (reveal && !asked.has(reveal.dataset.asked)) asked.set(reveal.dataset.asked, performance.now());
  };
  document.addEventListener("DOMContentLoaded", look);
  document.addEventListener("htmx:load", look);

  const stamp = ({ target }) => {
    const form = target.closest?.("[data-timed]");
    if (!form) return;
    const since = asked.get(form.dataset.timed);
    form.elements.duration_ms.value = since === undefined ? "" : Math.round(performance.now() - since);
    asked.delete(form.dataset.timed);
  };
  // In the capturing phase: htmx reads the fields when the click gets to it.
  document.addEventListener("click", stamp, true);
}
