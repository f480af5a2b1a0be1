// The panel "Memory used". The button under an answer shows what that answer was given; in narrow windows, where the
// panel is a sheet, it also opens the sheet. Closing it returns to the button.
"use strict";
{
  const narrow = matchMedia("(max-width: 72rem)");
  let opener = null;

  // The sheet is open while it is the target of the URL. The page must not scroll to a new target.
  const setTarget = (hash) => {
    const top = scrollY;
    location.replace(hash);
    scrollTo({ top, behavior: "instant" });
  };
  const isOpen = () => narrow.matches && location.hash === "#panel";

  const close = () => {
    setTarget(`#${opener.closest(".message").id}`);
    opener.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-shows-memory]");
    if (button) opener = button;
    else if (isOpen() && opener?.isConnected && event.target.closest(".panel-close a")) {
      event.preventDefault();
      close();
    }
  });

  // In the capturing phase, because Escape would also stop an answer.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !isOpen()) return;
      event.stopPropagation();
      if (opener?.isConnected) close();
      else setTarget("#main");
    },
    true,
  );

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target?.id !== "memory-used") return;
    if (narrow.matches && !isOpen() && document.getElementById("panel").contains(detail.target)) setTarget("#panel");
    document.getElementById("memory-title").focus();
  });
}
