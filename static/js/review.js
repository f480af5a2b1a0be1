// Measures the time from a question to its rating. Everything else on the review page works without scripts.
"use strict";
{
  const shownAt = new Map(); // card id → when its question appeared, in ms

  const recordQuestion = () => {
    const button = document.querySelector("[data-question-of]");
    const card = button?.dataset.questionOf;
    if (card && !shownAt.has(card)) shownAt.set(card, performance.now());
  };
  document.addEventListener("DOMContentLoaded", recordQuestion);
  document.addEventListener("htmx:load", recordQuestion);

  const fillInDuration = ({ target }) => {
    const form = target.closest?.("[data-rating-of]");
    if (!form) return;
    const start = shownAt.get(form.dataset.ratingOf);
    form.elements.duration_ms.value = start === undefined ? "" : Math.round(performance.now() - start);
    shownAt.delete(form.dataset.ratingOf);
  };
  // In the capturing phase, because htmx reads the fields when it gets the click.
  document.addEventListener("click", fillInDuration, true);
}
