// Toasts: at most two, each text once, removed after ten seconds unless the user points at one or has the focus in it.
// A failed request is reported here; what it was to change on the page stays as it was.
"use strict";
{
  const DURATION = 10_000; // ms
  const PAUSE = 2_000; // ms; how long a toast that is in use stays before it is looked at again
  const MOST = 2;
  const box = () => document.getElementById("toasts");
  const words = () => document.getElementById("words").dataset;

  const dismissLater = (toast) => {
    const dismiss = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(dismiss, PAUSE);
      else toast.remove();
    };
    setTimeout(dismiss, DURATION);
  };

  const accept = (toast) => {
    if (!toast.isConnected) return; // already replaced by the same text
    const others = [...box().children].filter((other) => other !== toast);
    for (const other of others) if (other.textContent === toast.textContent) other.remove();
    while (box().children.length > MOST) box().firstElementChild.remove();
    dismissLater(toast);
  };

  const show = (text) => {
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = text;
    box().append(toast);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const toast of [...box().children]) accept(toast);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (node.matches?.(".toast")) accept(node);
    }).observe(box(), { childList: true });
  });

  // The server sends an error message as a toast, with HX-Retarget. Any other error page must not be swapped in.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400 || xhr.status === 422 || xhr.getResponseHeader("HX-Retarget")) return;
    event.detail.shouldSwap = false;
    if (xhr.status === 401 || (xhr.status === 403 && !xhr.responseText)) location.reload();
    else show(xhr.status === 404 ? words().gone : words().failed);
  });
  document.addEventListener("htmx:sendError", () => show(words().offline));
  document.addEventListener("htmx:timeout", () => show(words().offline));
  addEventListener("offline", () => show(words().offline));
}
