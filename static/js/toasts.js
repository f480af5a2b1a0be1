// Toasts leave after ten seconds, but never while somebody reads, points at or tabs into them.
// A request that failed says so here; its own place on the page stays as it was.
"use strict";
{
  const STAY = 10_000;
  const box = () => document.getElementById("toasts");
  const words = () => document.getElementById("words").dataset;

  const dismissLater = (toast) => {
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2_000);
      else toast.remove();
    };
    setTimeout(leave, STAY);
  };

  const say = (sentence) => {
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = sentence;
    box().append(toast);
  };
  document.addEventListener("memoryloop:toast", (event) => say(event.detail));

  document.addEventListener("DOMContentLoaded", () => {
    for (const toast of box().children) dismissLater(toast);
    new MutationObserver((changes) => {
      for (const change of changes)
        for (const node of change.addedNodes) if (node.matches?.(".toast")) dismissLater(node);
    }).observe(box(), { childList: true });
  });

  // An error that the server phrased comes retargeted to the toasts; any other error page must not be swapped in.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400 || xhr.status === 422 || xhr.getResponseHeader("HX-Retarget")) return;
    event.detail.shouldSwap = false;
    if (xhr.status === 401 || (xhr.status === 403 && !xhr.responseText)) location.reload();
    else say(xhr.status === 404 ? words().gone : words().failed);
  });
  document.addEventListener("htmx:sendError", () => say(words().offline));
  document.addEventListener("htmx:timeout", () => say(words().offline));
  addEventListener("offline", () => say(words().offline));
}
