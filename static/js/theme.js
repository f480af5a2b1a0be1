// The choice between light, dark and the system setting. It is kept in a cookie, so that the server can write
// it into the page, which then never flashes in the wrong colors.
"use strict";
{
  const root = document.documentElement;
  root.classList.add("scripted");

  const markChoice = () => {
    for (const button of document.querySelectorAll(".theme [data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (root.dataset.theme ?? "")));
    }
  };

  const opposite = () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return (root.dataset.theme ?? (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const choice = button.dataset.themeChoice === "toggle" ? opposite() : button.dataset.themeChoice;
    if (choice) root.dataset.theme = choice;
    else delete root.dataset.theme;
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `theme=${choice};path=/;max-age=${choice ? 31536000 : 0};samesite=lax${secure}`;
    markChoice();
  });
  document.addEventListener("DOMContentLoaded", markChoice);
}
