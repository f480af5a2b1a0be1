// Formulas as MathML, times in the browser's time zone, a button on code (copy.js): on each page and after each swap.
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

  // A model's text must not be able to set styles. Of the styles that Temml writes, only colors matter, and MathML has
  // attributes for them. The alignment of cells follows from their classes.
  const withoutStyles = (formula) => {
    for (const part of formula.querySelectorAll("[style]")) {
      const { color, backgroundColor } = part.style;
      part.removeAttribute("style");
      if (color) part.setAttribute("mathcolor", color);
      if (backgroundColor) part.setAttribute("mathbackground", backgroundColor);
    }
    return formula;
  };

  // Not in the part of an answer that still changes.
  const isFinished = (node) => !node.closest(".writing") || node.closest(".written");

  const typeset = async (root) => {
    const formulas = [...root.querySelectorAll(".math:not(.typeset)")].filter((node) => isFinished(node));
    if (!formulas.length) return;
    const temml = await loadTemml();
    for (const node of formulas) {
      if (node.classList.contains("typeset")) continue; // another call did it while Temml was loading
      node.classList.add("typeset");
      node.dataset.tex = node.textContent;
      const displayMode = node.classList.contains("block");
      const formula = document.createElement("span");
      try {
        temml.render(node.textContent, formula, { displayMode, throwOnError: true, maxExpand: 200, maxSize: [20, 20] });
        node.replaceChildren(...withoutStyles(formula).childNodes);
      } catch (error) {
        node.classList.add("as-written");
        node.title = error.message; // the TeX stays as it is
      }
    }
    makeWideFormulasScroll(root);
  };

  // A formula that is wider than the text around it can be scrolled, with the arrow keys too.
  const makeWideFormulasScroll = (root) => {
    for (const node of root.querySelectorAll(".math.typeset:not(.as-written)")) {
      const block = node.parentElement.closest("p, li, td, th, blockquote, h3, h4, h5, h6, div");
      const wide = node.firstElementChild.getBoundingClientRect().width > block.clientWidth;
      node.classList.toggle("wide", wide);
      if (wide) node.tabIndex = 0;
      else node.removeAttribute("tabindex");
    }
  };

  const showLocalTimes = (root) => {
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

  const addCopyButtons = (root) => {
    for (const block of root.querySelectorAll(".prose pre:has(code):not(:has(.copy))")) {
      if (!isFinished(block)) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small copy";
      button.textContent = document.getElementById("script-texts").dataset.copy;
      block.append(button);
    }
  };

  const enhance = (root) => {
    showLocalTimes(root);
    addCopyButtons(root);
    typeset(root).catch(() => {}); // without Temml the TeX stays readable
    // Loaded early, so that the first formula of an answer is typeset in the moment in which it appears.
    if (root.querySelector(".writing")) loadTemml().catch(() => {});
  };
  addEventListener("resize", () => makeWideFormulasScroll(document));
  document.addEventListener("DOMContentLoaded", () => enhance(document));
  document.addEventListener("htmx:load", (event) => enhance(event.detail.elt.parentElement ?? document));
}
