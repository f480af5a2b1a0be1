// Toasts: at most two, each text once. A toast is removed after ten seconds, unless the pointer or the focus is on it.
// A failed request is reported by a toast and leaves the page unchanged.
"use strict";
{
  const DURATION = 10_000; // ms
  const PAUSE = 2_000; // ms; the time until a toast with the pointer or the focus is checked again
  const MAX_TOASTS = 2;
  const container = () => document.getElementById("toasts");
  const texts = () => document.getElementById("script-texts").dataset;

  const dismissLater = (toast) => {
    const dismiss = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(dismiss, PAUSE);
      else toast.remove();
    };
    setTimeout(dismiss, DURATION);
  };

  const limitToasts = (toast) => {
    if (!toast.isConnected) return; // already replaced by the same text
    const others = [...container().children].filter((other) => other !== toast);
    for (const other of others) if (other.textContent === toast.textContent) other.remove();
    while (container().children.length > MAX_TOASTS) container().firstElementChild.remove();
    dismissLater(toast);
  };

  const show = (text) => {
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = text;
    container().append(toast);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const toast of [...container().children]) limitToasts(toast);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) if (node.matches?.(".toast")) limitToasts(node);
    }).observe(container(), { childList: true });
  });

  // The server sends an error message as a toast, with HX-Retarget. Any other error page must not be swapped in.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400 || xhr.status === 422 || xhr.getResponseHeader("HX-Retarget")) return;
    event.detail.shouldSwap = false;
    if (xhr.status === 401 || (xhr.status === 403 && !xhr.responseText)) location.reload();
    else show(xhr.status === 404 ? texts().gone : texts().failed);
  });
  document.addEventListener("htmx:sendError", () => show(texts().offline));
  addEventListener("offline", () => show(texts().offline));
}
