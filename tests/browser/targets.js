// Evaluates to one line for each target on the page that is too small for a finger: whose area is less than 44 by 44 px.
// As in WCAG 2.5.8, links inside running text are exempt. Menus and dialogs are opened to measure their targets.
(() => {
  const MIN_SIZE = 44;
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";

  const belongs = (target, x, y) => {
    const top = document.elementFromPoint(x, y);
    return top && (target.contains(top) || top.closest("label")?.control === target);
  };

  // The length of the target in px through a point, to both sides along one axis.
  const lengthThrough = (target, x, y, dx, dy) => {
    let length = 1;
    for (const side of [1, -1]) {
      const reaches = (step) => belongs(target, x + side * step * dx, y + side * step * dy);
      for (let step = 1; step <= MIN_SIZE && reaches(step); step++) length++;
    }
    return length;
  };

  const sizeAround = (target, { left, top, width, height }) => {
    const [x, y] = [left + width / 2, top + height / 2];
    return belongs(target, x, y) ? [lengthThrough(target, x, y, 1, 0), lengthThrough(target, x, y, 0, 1)] : [0, 0];
  };

  const inText = (target) => {
    if (getComputedStyle(target).display !== "inline") return false;
    return target.parentElement.textContent.trim().length > target.textContent.trim().length;
  };

  const fault = (target) => {
    if (!target.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || inText(target)) return null;
    target.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const boxes = [target, ...(target.labels ?? [])].map((element) => element.getClientRects()[0]).filter(Boolean);
    const sizes = boxes.map((box) => sizeAround(target, box));
    if (!sizes.length || sizes.some(([width, height]) => width >= MIN_SIZE && height >= MIN_SIZE)) return null;
    return `${target.outerHTML.replace(/\s+/g, " ").slice(0, 120)} is ${sizes.map((size) => size.join("×")).join(" or ")}`;
  };

  const faultsIn = (root) => [...root.querySelectorAll(TARGETS)].map(fault).filter(Boolean);

  const faults = faultsIn(document);
  for (const menu of document.querySelectorAll("details:not([open])")) {
    menu.open = true;
    faults.push(...faultsIn(menu));
    menu.open = false;
  }
  for (const dialog of document.querySelectorAll("dialog:not([open])")) {
    dialog.showModal();
    faults.push(...faultsIn(dialog));
    dialog.close();
  }
  return faults;
})();
