// A conversation: it stays at its end while an answer grows, unless the reader went elsewhere; answers are copied.
"use strict";
{
  const page = document.scrollingElement;
  const NEAR = 120; // pixels from the end that still count as reading along
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

  // What was sent leaves the field; what was refused stays in it.
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
