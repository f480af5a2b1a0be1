// Prose: formulas as MathML, times in the time zone of the browser, a copy button on code. Runs after each swap, too.
"use strict";
{
  const katexAddress = document.currentScript.dataset.katex;
  let katexLoad = null;

  const loadKatex = () =>
    (katexLoad ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = katexAddress;
      script.onload = () => resolve(window.katex);
      script.onerror = reject;
      document.head.append(script);
    }));

  // KaTeX writes a few style attributes, which the content policy forbids; the MathML is complete without them.
  const unstyled = (node) => {
    if (node.attributes) delete node.attributes.style;
    node.children?.forEach(unstyled);
    return node;
  };

  const typeset = async (root) => {
    const found = [...root.querySelectorAll(".math:not(.typeset)")].filter((node) => !node.closest(".writing"));
    if (!found.length) return;
    const katex = await loadKatex();
    for (const node of found) {
      if (node.classList.contains("typeset")) continue; // by another call, while KaTeX was loading
      node.classList.add("typeset");
      const options = {
        output: "mathml",
        displayMode: node.classList.contains("block"),
        trust: false,
        maxExpand: 200,
        maxSize: 20,
        strict: "ignore",
      };
      try {
        const tree = unstyled(katex.__renderToDomTree(node.textContent, { ...options, throwOnError: true }));
        node.replaceChildren(tree.toNode());
        if (node.scrollWidth > node.clientWidth) node.tabIndex = 0; // so that the arrow keys can scroll it
      } catch (error) {
        node.classList.add("as-written");
        node.title = error.message; // the TeX stays as it is
      }
    }
  };

  const localTimes = (root) => {
    for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.valueOf()) || !time.dateTime.includes("T")) continue;
      const today = at.toDateString() === new Date().toDateString();
      const style = today ? { timeStyle: "short" } : { dateStyle: "medium" };
      time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, style).format(at);
      time.title = new Intl.DateTimeFormat(document.documentElement.lang, {
        dateStyle: "full",
        timeStyle: "short",
      }).format(at);
      time.dataset.local = "";
    }
  };

  const copyButtons = (root) => {
    for (const block of root.querySelectorAll(".prose pre:has(code):not(:has(.copy))")) {
      if (block.closest(".writing")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small copy";
      button.textContent = document.getElementById("words").dataset.copy;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(block.querySelector("code").textContent);
        button.textContent = document.getElementById("words").dataset.copied;
      });
      block.append(button);
    }
  };

  const read = (root) => {
    localTimes(root);
    copyButtons(root);
    typeset(root).catch(() => {}); // without KaTeX the TeX stays readable
  };
  document.addEventListener("DOMContentLoaded", () => read(document));
  document.addEventListener("htmx:load", (event) => read(event.detail.elt.parentElement ?? document));
}
