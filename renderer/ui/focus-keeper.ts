/**
 * Where the focus goes when the element that has it leaves the page: a fix that was applied, a dialog that was closed, a
 * layer that was deleted. Browsers drop it to the page then, and a keyboard user has to begin anew.
 */

/** What can be reached with Tab, or is meant to be focused by the program. */
const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';
/** What stands before the page, or in a part of its own: the focus that was in it goes back to where it came from. */
const OVERLAY = '[role="dialog"], [role="alertdialog"], [role="menu"]';
/** What holds everything: a place in it says nothing of another. */
const PAGE = 'main, #root, body';
/** Parts of the page that the focus does not leave by itself as long as something in them can have it. */
const REGION = `${OVERLAY}, section, header, nav, [role="tabpanel"], [role="region"], [role="grid"], [role="alert"]`;
/** Places that are remembered, to go back to. */
const MAX_PLACES = 20;

type Focusable = HTMLElement | SVGElement;

/** An element that has or had the focus, and what stood around it on each level, from the inside out. */
interface Place {
  readonly element: Focusable;
  readonly overlay: Element | null;
  readonly levels: readonly {
    readonly parent: Element;
    readonly before: readonly Element[];
    readonly after: readonly Element[];
  }[];
}

/** Where the focus is; undefined where the user took it away by clicking at nothing. */
let current: Place | undefined;
/** Where it was on the page itself, the last place last. */
const places: Place[] = [];
/** What the page knows better than what stands around a place. */
interface Places {
  /** Where the focus goes where there is nothing left around the place that it had. */
  home(): HTMLElement | null;
  /** What takes the place of an element that is not drawn now, but still is what it stood for; null for others. */
  standIn(lost: Element): HTMLElement | null;
}

let known: Places = { home: () => null, standIn: () => null };
let wanted: (() => Focusable | null | undefined) | undefined;

/** Says where the focus is to go when the element that has it now leaves the page: where that was what it was for. */
export function goOnAt(find: () => Focusable | null | undefined): void {
  wanted = find;
}

/** What had the focus last on the page itself, and not in a dialog or menu before it. */
export function cameFrom(): Focusable | undefined {
  return places.at(-1)?.element;
}

/** Watches the page from now on. */
export function keepFocus(page: Places): void {
  known = page;
  document.addEventListener('focusin', ({ target }) => {
    if (isFocusable(target) && target !== document.body) remember(target);
  });
  document.addEventListener('focusout', ({ target, relatedTarget }) => {
    if (relatedTarget !== null) return;
    // An element that is being removed is still there now.
    queueMicrotask(() => {
      if (current?.element !== target || !document.hasFocus()) return;
      if (canHaveFocus(current?.element) && document.activeElement === document.body) current = undefined;
      else check();
    });
  });
  new MutationObserver(check).observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['disabled', 'hidden', 'inert'],
  });
}

function remember(element: Focusable): void {
  const levels = [];
  for (let node: Element = element; node.parentElement !== null && node !== document.body; node = node.parentElement) {
    const siblings = [...node.parentElement.children];
    const at = siblings.indexOf(node);
    levels.push({ parent: node.parentElement, before: siblings.slice(0, at), after: siblings.slice(at + 1) });
  }
  current = { element, overlay: element.closest(OVERLAY), levels };
  if (current.overlay !== null) return;
  wanted = undefined;
  places.push(current);
  if (places.length > MAX_PLACES) places.shift();
}

/** Moves the focus on if the element that had it is gone. */
function check(): void {
  const active = document.activeElement;
  if (current === undefined || (active !== null && active !== document.body) || canHaveFocus(current.element)) return;
  const next = nextPlace(current);
  next?.focus({ preventScroll: current.overlay !== null });
}

function nextPlace(lost: Place): Focusable | undefined {
  if (lost.overlay?.isConnected) return heirOf(lost) ?? focusables(lost.overlay)[0];
  const [chosen] = [wanted?.()].filter((one) => one != null && canHaveFocus(one));
  if (chosen != null) return chosen;
  const own = lost.overlay === null ? (known.standIn(lost.element) ?? heirOf(lost)) : undefined;
  return own ?? lastPlace() ?? known.home() ?? focusables(document.body)[0];
}

/** The last place on the page that is still there, or what has taken it. */
function lastPlace(): Focusable | undefined {
  for (const place of places.toReversed()) {
    const found = canHaveFocus(place.element) ? place.element : heirOf(place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What has taken the place of an element that is gone: the next one that can have the focus, else the one before, else
 * what they all were in. It is looked for around the place, further and further out, but not beyond its region.
 */
function heirOf({ levels }: Place): Focusable | undefined {
  for (const { parent, before, after } of levels) {
    if (!parent.isConnected) continue;
    if (parent.matches(PAGE)) return undefined;
    const inside = focusables(parent);
    const next = after.find((one) => one.isConnected);
    const last = before.findLast((one) => one.isConnected);
    const follows = (element: Element, other: Element) =>
      other.contains(element) || (other.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    const found =
      (next && inside.find((one) => follows(one, next))) ??
      (last && inside.findLast((one) => last.contains(one) || !follows(one, last))) ??
      (next === undefined && last === undefined ? inside[0] : undefined);
    if (found !== undefined) return found;
    if (isFocusable(parent) && parent.hasAttribute('tabindex') && canHaveFocus(parent)) return parent;
    if (parent.matches(REGION)) return undefined;
  }
  return undefined;
}

/** What Tab leads to in a part of the page. */
function focusables(within: Element): readonly Focusable[] {
  return [...within.querySelectorAll<Focusable>(FOCUSABLE)].filter((one) => one.tabIndex >= 0 && canHaveFocus(one));
}

function isFocusable(target: unknown): target is Focusable {
  return target instanceof HTMLElement || target instanceof SVGElement;
}

function canHaveFocus(element: Focusable | undefined): boolean {
  return (
    element?.isConnected === true &&
    !element.matches(':disabled') &&
    element.closest('[inert], [hidden]') === null &&
    element.checkVisibility()
  );
}
