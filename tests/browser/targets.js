// Evaluates to a line for each target on the page that a finger cannot hit: one whose area is less than 44 by 44 px.
// As in WCAG 2.5.8 a link inside running text is excepted. Menus and dialogs are opened for their own targets.
(() => {
  const LEAST = 44;
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";

  const belongs = (target, x, y) => {
    const top = document.elementFromPoint(x, y);
    return top && (target.contains(top) || top.closest("label")?.control === target);
  };

  // How far the target reaches from a point, in steps of 1 px, to one side and the opposite one.
  const reach = (target, x, y, dx, dy) => {
    let length = 1;
    for (const side of [1, -1])
      for (let step = 1; step <= LEAST && belongs(target, x + side * step * dx, y + side * step * dy); step++) length++;
    return length;
  };

  const sizeAround = (target, { left, top, width, height }) => {
    const [x, y] = [left + width / 2, top + height / 2];
    return belongs(target, x, y) ? [reach(target, x, y, 1, 0), reach(target, x, y, 0, 1)] : [0, 0];
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
    if (!sizes.length || sizes.some(([width, height]) => width >= LEAST && height >= LEAST)) return null;
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
