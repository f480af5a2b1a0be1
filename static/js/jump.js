// A link to a message shows it with what was said before it, focuses it, and marks it for a moment. More messages of a
// long conversation are loaded in place, without moving what the user reads.
"use strict";
{
  const messageAt = (hash) => {
    const element = document.getElementById(hash.slice(1));
    return element?.matches(".message") ? element : null;
  };

  const focus = (message) => {
    message.tabIndex = -1;
    message.addEventListener("blur", () => message.removeAttribute("tabindex"), { once: true });
    message.focus({ preventScroll: true });
  };

  const jumpTo = (message) => {
    message.scrollIntoView();
    focus(message);
    // The class is removed first, so that a second jump to the same message marks it again.
    message.classList.remove("found");
    void message.offsetWidth;
    message.classList.add("found");
  };

  document.addEventListener("DOMContentLoaded", () => {
    // After Back, Forward and Reload the browser shows the place where the user was.
    const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate";
    if (!arrived || !new URLSearchParams(location.search).has("message")) return;
    // A newer answer may have replaced the message. It is the next one, because ids sort by time.
    const isNext = ({ id }) => id > location.hash.slice(1);
    const message = messageAt(location.hash) ?? [...document.querySelectorAll(".message")].find(isNext);
    if (message) jumpTo(message);
  });

  // A link to a message that is on this page already does not load the page again.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href*='#message-']");
    if (!link || link.pathname !== location.pathname || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const message = messageAt(link.hash);
    if (!message) return;
    event.preventDefault();
    if (location.href !== link.href) history.pushState(null, "", link.pathname + link.search);
    location.replace(link.hash); // also closes the panel, which on phones is open while it is the target of the URL
    jumpTo(message);
  });

  let besideMore = null; // the message beside a link to more, its place in the window, and where the new ones will be
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.shouldSwap || !detail.target.matches(".thread-more")) return;
    const { previousElementSibling: last, nextElementSibling: first } = detail.target;
    const message = last ?? first;
    besideMore = { message, top: message.getBoundingClientRect().top, side: last ? "next" : "previous" };
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!besideMore) return;
    const { message, top, side } = besideMore;
    besideMore = null;
    scrollBy({ top: message.getBoundingClientRect().top - top });
    const neighbor = message[`${side}ElementSibling`];
    if (neighbor?.matches(".message")) focus(neighbor);
  });
}
