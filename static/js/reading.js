// Prose: formulas as MathML, times in the time zone of the browser, a copy button on code. Runs after each swap, too.
"use strict";
{
  const temmlAddress = document.currentScript.dataset.temml;
  let temmlLoad = null;

  const loadTemml = () => {
    temmlLoad ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = temmlAddress;
      script.onload = () => resolve(window.temml);
      script.onerror = reject;
      document.head.append(script);
    });
    return temmlLoad;
  };

  // Text of a model gets no styles of its own. Of those that Temml writes only the colours say something; MathML has
  // attributes for them. The alignment of cells follows from their classes.
  const unstyled = (formula) => {
    for (const part of formula.querySelectorAll("[style]")) {
      const { color, backgroundColor } = part.style;
      part.removeAttribute("style");
      if (color) part.setAttribute("mathcolor", color);
      if (backgroundColor) part.setAttribute("mathbackground", backgroundColor);
    }
    return formula;
  };

  const typeset = async (root) => {
    const found = [...root.querySelectorAll(".math:not(.typeset)")].filter((node) => !node.closest(".writing"));
    if (!found.length) return;
    const temml = await loadTemml();
    for (const node of found) {
      if (node.classList.contains("typeset")) continue; // by another call, while Temml was loading
      node.classList.add("typeset");
      const displayMode = node.classList.contains("block");
      const formula = document.createElement("span");
      try {
        temml.render(node.textContent, formula, { displayMode, throwOnError: true, maxExpand: 200, maxSize: [20, 20] });
        node.replaceChildren(...unstyled(formula).childNodes);
      } catch (error) {
        node.classList.add("as-written");
        node.title = error.message; // the TeX stays as it is
      }
    }
    fit(root);
  };

  // A formula that is wider than the text around it scrolls, by the arrow keys as well.
  const fit = (root) => {
    for (const node of root.querySelectorAll(".math.typeset:not(.as-written)")) {
      const block = node.parentElement.closest("p, li, td, th, blockquote, h3, h4, h5, h6, div");
      const wide = node.firstElementChild.getBoundingClientRect().width > block.clientWidth;
      node.classList.toggle("wide", wide);
      if (wide) node.tabIndex = 0;
      else node.removeAttribute("tabindex");
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
    typeset(root).catch(() => {}); // without Temml the TeX stays readable
  };
  addEventListener("resize", () => fit(document));
  document.addEventListener("DOMContentLoaded", () => read(document));
  document.addEventListener("htmx:load", (event) => read(event.detail.elt.parentElement ?? document));
}
