/**
 * A person without a mouse works where the focus is. When the control that has it goes, with the form that it is in,
 * browsers give the focus to nothing, and all begins anew at the top of the page. Here it is given to the control that
 * opened the form, or else to the nearest one. The page marks these with attributes:
 *
 * - `data-opens="x"`: a control that opens something, and `data-opened-by="x"`: what it opens, or a part of that;
 * - `data-keyboard="rest"`: where the keyboard is at home in a part of the page.
 *
 * No button that does something is chosen by itself, since the key that was pressed may be pressed once more.
 */

/** Of an element in use, and of what is around it, from the inside. */
type Path = readonly HTMLElement[];

const REST = '[data-keyboard="rest"]';
const PART = "section, form, search, main, [role=group]";

/** Keeps the keyboard somewhere in an element for as long as the page lives. */
export function keepKeyboard(root: HTMLElement): void {
  let path: Path = [];
  root.addEventListener("focusin", ({ target }) => {
    path = target instanceof HTMLElement ? pathOf(target, root) : [];
  });
  const look = (): void => {
    if (path[0] === undefined || path[0].isConnected) return;
    const left = path;
    path = [];
    if (isLost()) passOn(left, root);
  };
  new MutationObserver(look).observe(root, { childList: true, subtree: true });
}

/** As a `ref`: what appears in the place of the control that was pressed goes on with the keyboard. */
export function takeKeyboard(element: HTMLElement | null): void {
  const holder = document.activeElement;
  const isHeldForIt =
    holder instanceof HTMLElement && holder.tabIndex < 0 && element !== null && holder.contains(element);
  if (isLost() || isHeldForIt) element?.focus({ preventScroll: true });
}

function isLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function pathOf(element: HTMLElement, root: HTMLElement): Path {
  const path: HTMLElement[] = [];
  for (let at: HTMLElement | null = element; at !== null; at = at.parentElement) {
    path.push(at);
    if (at === root) break;
  }
  return path;
}

function passOn(path: Path, root: HTMLElement): void {
  const name = path.find(({ dataset }) => dataset["openedBy"] !== undefined)?.dataset["openedBy"];
  const opener = name === undefined ? null : root.querySelector<HTMLElement>(`[data-opens="${CSS.escape(name)}"]`);
  opener?.focus();
  if (!isLost()) return;
  for (const around of path) if (around.isConnected && comeToRest(around)) return;
}

/** In a part of the page, or on it as a whole. Answers whether it can. */
function comeToRest(part: HTMLElement): boolean {
  const rest = part.matches(REST) ? part : part.querySelector<HTMLElement>(REST);
  if (rest !== null) rest.focus({ preventScroll: true });
  else if (part.matches(PART)) focusOn(part);
  return !isLost();
}

/** It can have the focus for once, and is no stop of the Tab key. */
function focusOn(part: HTMLElement): void {
  if (!part.hasAttribute("tabindex")) {
    part.tabIndex = -1;
    part.addEventListener("blur", () => part.removeAttribute("tabindex"), { once: true });
  }
  part.focus({ preventScroll: true });
}
