// Measures the time from a question to its rating. Everything else on the review page works without scripts.
"use strict";
{
  const asked = new Map(); // card id → when its question appeared, in ms

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
  // In the capturing phase, because htmx reads the fields when it gets the click.
  document.addEventListener("click", stamp, true);
}
