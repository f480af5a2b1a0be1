// Keeps what is typed in the composer of each chat until it is sent, and forgets all of it when the user signs out.
"use strict";
{
  const PREFIX = "draft:";
  const SENT = "draft-sent"; // in sessionStorage: the draft of a form that was sent without htmx
  const KEPT_FOR = 30 * 24 * 3_600_000; // milliseconds

  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const keyOf = (field) => PREFIX + field.dataset.draft;
  const read = (key) => JSON.parse(localStorage.getItem(key) ?? "null");

  const keep = (field) => {
    if (field.value.trim()) localStorage.setItem(keyOf(field), JSON.stringify({ text: field.value, at: Date.now() }));
    else localStorage.removeItem(keyOf(field));
  };

  const restore = () => {
    for (const key of keys()) if (Date.now() - read(key).at > KEPT_FOR) localStorage.removeItem(key);
    const field = document.querySelector("[data-draft]");
    const sent = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    // The page of the form itself comes back only if it was not accepted.
    if (sent && field && sent !== keyOf(field)) localStorage.removeItem(sent);
    if (field && !field.value) field.value = read(keyOf(field))?.text ?? "";
  };

  document.addEventListener("DOMContentLoaded", restore);
  document.addEventListener("input", ({ target }) => {
    if (target.matches("[data-draft]")) keep(target);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const field = detail.successful ? detail.elt.querySelector("[data-draft]") : null;
    if (field) localStorage.removeItem(keyOf(field));
  });
  document.addEventListener("submit", ({ target }) => {
    const field = target.hasAttribute("hx-post") ? null : target.querySelector("[data-draft]");
    if (field) sessionStorage.setItem(SENT, keyOf(field));
    if (target.querySelector("[data-forgets-drafts]")) for (const key of keys()) localStorage.removeItem(key);
  });
}
