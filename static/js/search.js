// Search while the user types. htmx sends the form after a pause, and instead of the request before; this script keeps
// the URL short, waits for a second letter, and says how a search went once the user has paused.
"use strict";
{
  const form = document.querySelector("[data-search-form]");
  const status = document.getElementById("search-status");
  const results = () => document.getElementById("results");
  const WITHOUT_SPACES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u; // one character can be a word
  const SLOW = 1_500; // ms after which a search is said to be still running
  const PAUSE = 600; // ms without typing, after which screen readers get the number of results
  const pageName = document.title.split(" · ").slice(-2).join(" · ");
  let timer = null;

  // What only repeats what the page shows is for screen readers alone.
  const say = (text, { visible = true } = {}) => {
    status.classList.toggle("visually-hidden", !visible);
    status.textContent = text;
  };
  const sayLater = (delay, text, options) => {
    clearTimeout(timer);
    timer = setTimeout(() => say(text(), options), delay);
  };
  const summary = () =>
    [...results().querySelectorAll(".notice, h2, .results-end > span:first-child")]
      .map((part) => part.textContent.trim())
      .join(" ");

  form.addEventListener("input", () => clearTimeout(timer));

  form.addEventListener("htmx:configRequest", (event) => {
    const { parameters, triggeringEvent } = event.detail;
    const query = (parameters.q ?? "").trim();
    for (const name of Object.keys(parameters))
      if (!parameters[name] || form.elements[name].selectedIndex === 0) delete parameters[name]; // as without it
    const filters = Object.keys(parameters).filter((name) => form.elements[name].closest(".filters"));
    document.getElementById("active-filters").textContent = filters.length || "";
    clearTimeout(timer);
    results().classList.add("stale");
    if (triggeringEvent?.type === "input" && [...query].length === 1 && !WITHOUT_SPACES.test(query)) {
      event.preventDefault();
      return say(status.dataset.short);
    }
    document.title = query ? `${query} · ${pageName}` : pageName;
    sayLater(SLOW, () => status.dataset.slow);
  });
  form.addEventListener("htmx:afterOnLoad", ({ detail }) => {
    if (detail.xhr.status >= 400 && detail.xhr.status !== 422) return;
    say("");
    sayLater(PAUSE, summary, { visible: false });
  });
  for (const failure of ["htmx:responseError", "htmx:sendError"])
    form.addEventListener(failure, () => {
      clearTimeout(timer);
      say(status.dataset.failed);
    });
}
