// A conversation: scrolls along while an answer is written, unless the user has scrolled away, and copies answers.
"use strict";
{
  const page = document.scrollingElement;
  const NEAR = 120; // px from the end within which the page scrolls along
  let following = true;

  const atEnd = () => page.scrollHeight - page.scrollTop - innerHeight < NEAR;
  const toEnd = () => page.scrollTo({ top: page.scrollHeight });

  addEventListener(
    "scroll",
    () => {
      following = atEnd();
    },
    { passive: true },
  );
  document.addEventListener("DOMContentLoaded", () => {
    if (!location.hash && !location.search) toEnd();
  });
  document.addEventListener("htmx:sseMessage", () => {
    if (following) toEnd();
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target?.id === "thread") toEnd();
  });

  // Clear the field after a message was sent; keep the text of one that was refused.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const field = detail.elt.id === "composer" && detail.successful ? detail.elt.querySelector("textarea") : null;
    if (!field) return;
    field.value = "";
    field.style.height = "";
    field.focus();
  });

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copies]");
    if (!button) return;
    const turn = document.getElementById(button.dataset.copies);
    await navigator.clipboard.writeText(turn.querySelector(".turn-body").innerText);
    button.querySelector("span").textContent = document.getElementById("words").dataset.copied;
  });
}
