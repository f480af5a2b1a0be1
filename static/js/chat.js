// The page of a conversation: follows an answer while it is written, unless the user has scrolled up.
"use strict";
{
  const page = document.scrollingElement;
  const END_ZONE = 120; // px; the page follows an answer while its end is at most this far below the window
  let following = true;

  const atEnd = () => page.scrollHeight - page.scrollTop - innerHeight < END_ZONE;
  const scrollToEnd = () => page.scrollTo({ top: page.scrollHeight });
  const showNewText = (shown) => {
    document.getElementById("new-text").hidden = !shown;
  };

  addEventListener(
    "scroll",
    () => {
      following = atEnd();
      if (following) showNewText(false);
    },
    { passive: true },
  );
  document.addEventListener("DOMContentLoaded", () => {
    // After Back and Forward the browser shows the place where the user was.
    const returned = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (!location.hash && !location.search && !returned) scrollToEnd();
  });
  document.addEventListener("htmx:sseMessage", () => {
    if (following) scrollToEnd();
    else showNewText(true);
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("#new-text")) scrollToEnd();
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target?.id === "thread") scrollToEnd();
  });

  // Clear the field after a message was sent; keep the text of a message that was rejected.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const field = detail.elt.id === "composer" && detail.successful ? detail.elt.querySelector("textarea") : null;
    if (!field) return;
    field.value = "";
    field.style.height = "";
    field.focus();
  });
}
