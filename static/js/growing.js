// How an answer grows on the page, and how it ends: what is already there stays in its place.
"use strict";
{
  const sentHtml = new WeakMap(); // of each finished block, as the server sent it

  // In the capture phase, because other scripts then change formulas and code.
  document.addEventListener(
    "htmx:load",
    ({ detail: { elt } }) => {
      const inside = elt.querySelectorAll(".written > .prose");
      for (const block of elt.matches(".written > .prose") ? [elt] : inside)
        sentHtml.set(block, block.innerHTML.trim());
    },
    true,
  );

  // The fragment has the blocks that are finished now, and the present state of the last one in `.tail`.
  const grow = (target, fragment) => {
    const tail = fragment.querySelector(".tail");
    const blocks = [...fragment.children].filter((child) => child !== tail);
    target.querySelector(".written").append(...blocks);
    target.querySelector(".tail").replaceWith(tail);
    return blocks;
  };

  const shows = (body, html) =>
    [...body.querySelectorAll(".written > .prose")].map((block) => sentHtml.get(block)).join("\n") === html.trim();

  // The fragment has the whole message. Its text is replaced only if it differs from what has grown.
  const finish = (message, fragment) => {
    const end = fragment.querySelector(".message");
    const grown = message.querySelector(".message-body");
    const body = end.querySelector(".message-body");
    const isSame = body !== null && shows(grown, body.innerHTML);
    if (isSame) {
      grown.classList.remove("writing");
      grown.querySelector(".tail").remove();
      body.remove();
    }
    const stays = [message.querySelector("h2"), ...(isSame ? [grown] : [])];
    for (const child of [...message.children]) if (!stays.includes(child)) child.remove();
    const added = [...end.children].filter((child) => !child.matches("h2"));
    message.append(...added);
    for (const name of ["hx-ext", "hx-swap", "sse-connect", "sse-close", "sse-swap"]) message.removeAttribute(name);
    return added;
  };

  htmx.defineExtension("growing", {
    handleSwap(style, target, fragment) {
      return { grow, finish }[style]?.(target, fragment) ?? false;
    },
  });
}
