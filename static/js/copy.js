// Buttons that copy a text: that of the code around them, or the `content` of the JSON at `data-copy-url`, which for a
// message is its Markdown.
"use strict";
{
  const texts = () => document.getElementById("script-texts").dataset;

  const textFor = (button) => {
    if (button.matches(".copy")) return button.closest("pre").querySelector("code").textContent;
    return fetch(button.dataset.copyUrl).then(async (response) => {
      if (!response.ok) throw new Error(response.statusText);
      return (await response.json()).content;
    });
  };

  // `text` may be a promise: Safari allows writing only in the same moment as the click.
  const copy = async (text) => {
    if (navigator.clipboard) {
      const blob = Promise.resolve(text).then((content) => new Blob([content], { type: "text/plain" }));
      return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    }
    // Browsers have no clipboard for pages without HTTPS, such as those of a server at home.
    const field = document.createElement("textarea");
    field.className = "visually-hidden";
    field.value = await text;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (!copied) throw new Error("not copied");
  };

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("button.copy, [data-copy-url]");
    if (!button) return;
    const label = button.querySelector("span") ?? button;
    label.textContent = await copy(textFor(button)).then(
      () => texts().copied,
      () => texts().notCopied,
    );
    setTimeout(() => (label.textContent = texts().copy), 2_000);
  });
}
