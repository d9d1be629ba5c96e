// The row in hand of a table. <tbody data-row-cursor="name"> holds <tr id data-row>; J, K and arrows move, Enter clicks
// the row's [data-open], X its checkbox. Row, scroll and focus outlive an htmx swap. A move fires "rowchange" on the row.
import { onContent } from "./remember.js";

const hands = new Map();
let before = null;

onContent(() => {
  for (const body of document.querySelectorAll("[data-row-cursor]")) {
    if (!rowsOf(body).some((row) => row.getAttribute("aria-current") === "true")) restore(body);
    for (const row of rowsOf(body)) row.tabIndex = row.getAttribute("aria-current") === "true" ? 0 : -1;
  }
});

export function currentRow() {
  return document.querySelector('[data-row-cursor] [data-row][aria-current="true"]');
}

export function moveRow(step) {
  const row = currentRow();
  const body = row?.closest("[data-row-cursor]") ?? document.querySelector("[data-row-cursor]");
  if (!body) return false;
  const rows = rowsOf(body);
  const place = row ? rows.indexOf(row) + step : 0;
  const next = rows[Math.max(0, Math.min(rows.length - 1, place))];
  if (next) take(next, { focus: true });
  return Boolean(next);
}

export function openRow() {
  const way = currentRow()?.querySelector("[data-open]");
  way?.click();
  return Boolean(way);
}

export function selectRow() {
  const box = currentRow()?.querySelector("[data-select]");
  box?.click();
  return Boolean(box);
}

export function take(row, { focus = false } = {}) {
  const body = row.closest("[data-row-cursor]");
  for (const other of rowsOf(body)) {
    other.removeAttribute("aria-current");
    other.tabIndex = -1;
  }
  row.setAttribute("aria-current", "true");
  row.tabIndex = 0;
  hands.set(body.dataset.rowCursor, { id: row.id, place: rowsOf(body).indexOf(row) });
  if (focus) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  row.dispatchEvent(new CustomEvent("rowchange", { bubbles: true }));
}

function rowsOf(body) {
  return [...body.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length > 0);
}

// The same row, or, when it has left, the one that now stands in its place.
function restore(body) {
  const hand = hands.get(body.dataset.rowCursor);
  const rows = rowsOf(body);
  const marked = body.dataset.rowFirst ? rows.find((row) => row.id === body.dataset.rowFirst) : null;
  const row = (hand && rows.find((one) => one.id === hand.id)) ?? rows[Math.min(hand?.place ?? 0, rows.length - 1)];
  if (marked && !hand) take(marked);
  else if (row) take(row);
}

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-row-cursor] [data-row]");
  if (row && row.getAttribute("aria-current") !== "true") take(row);
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row-cursor] [data-row]");
  if (row && row.getAttribute("aria-current") !== "true") take(row);
});

document.addEventListener("htmx:before:swap", () => {
  const active = document.activeElement;
  before = {
    id: active?.id || active?.closest("[data-row]")?.id,
    inRow: Boolean(active?.closest("[data-row]")),
    caret: active?.selectionStart ?? null,
    scrolls: [...document.querySelectorAll("[data-scroll], .table-scroll, main")].map((box) => [box.scrollLeft, box.scrollTop]),
  };
});

document.addEventListener("htmx:after:swap", () => {
  if (!before) return;
  const boxes = document.querySelectorAll("[data-scroll], .table-scroll, main");
  before.scrolls.forEach(([left, top], place) => boxes[place]?.scrollTo({ left, top, behavior: "instant" }));
  if (document.activeElement === document.body || !document.activeElement) {
    const again = (before.id && document.getElementById(before.id)) || (before.inRow && currentRow());
    again?.focus?.({ preventScroll: true });
    if (again && before.caret !== null) again.setSelectionRange?.(before.caret, before.caret);
  }
  before = null;
});
