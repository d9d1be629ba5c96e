// The keyboard. An element declares its key: data-key="s", "Enter", "Shift+Enter", "Ctrl+k", "g t" (one after
// the other). Pressing it clicks a button or link and focuses a field. In a row (data-row) only the row in hand
// answers. Single keys are off while a field has focus, and wherever the reader has switched them off.
import { dialogInHand, openDialog } from "./dialog.js";
import { currentRow, moveRow, openRow, selectRow } from "./row-cursor.js";
import { closeMenu, showRail, toggleRail } from "./theme.js";

const SEQUENCE_MS = 1200;
let begun = "";
let begunAt = 0;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.key === "Unidentified") return;
  const key = nameOf(event);
  const typing = isField(event.target);
  if (typing && isSingle(key)) return;
  if (isSingle(key) && document.documentElement.dataset.singleKeys === "off") return;
  if (isNative(event.target, key)) return;
  if (answer(sequence(key), key, event)) {
    event.preventDefault();
    event.stopPropagation();
  }
});

function answer(whole, key, event) {
  const dialog = dialogInHand();
  const declared = (whole !== key && find(whole, dialog)) || find(key, dialog);
  if (declared) return press(declared, event);
  if (dialog) return false;
  if (key === "Escape") return back(event.target);
  return everywhere(key);
}

function everywhere(key) {
  if (key === "?") openDialog("keys");
  else if (key === "\\") toggleRail();
  else if (key === "j" || key === "ArrowDown") return moveRow(1);
  else if (key === "k" || key === "ArrowUp") return moveRow(-1);
  else if (key === "Enter") return openRow();
  else if (key === "x") return selectRow();
  else return false;
  return true;
}

// One level back: menu, rail, field, then the link that the page declares with data-key="Escape".
function back(target) {
  if (closeMenu()) return true;
  if (document.body.classList.contains("rail-shown")) {
    showRail(false);
    return true;
  }
  if (!isField(target)) return false;
  const row = target.closest("[data-row]");
  target.blur();
  (row ?? currentRow())?.focus({ preventScroll: true });
  return true;
}

function press(element, event) {
  if (isField(element)) {
    element.focus();
    element.select?.();
    return true;
  }
  if (element.disabled || (element.form ?? element).classList.contains("htmx-request")) return true;
  // One press, one act: a key that is held down must not press again.
  if (!event.repeat) element.click();
  if (element.dataset.then === "down") moveRow(1);
  return true;
}

function find(key, dialog) {
  const scope = dialog ?? document;
  const row = currentRow();
  const shown = [...scope.querySelectorAll("[data-key]")].filter(
    (element) => same(element.dataset.key, key) && element.getClientRects().length > 0,
  );
  return shown.find((element) => row?.contains(element)) ?? shown.find((element) => !element.closest("[data-row]"));
}

function same(declared, pressed) {
  return declared.split("|").some((one) => one === pressed || (isLetter(one) && one.toLowerCase() === pressed));
}

function nameOf(event) {
  const letter = event.key.length === 1 ? event.key : "";
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && (!letter || /[a-z]/i.test(letter))) parts.push("Shift");
  parts.push(letter ? letter.toLowerCase() : event.key);
  return parts.join("+");
}

function sequence(key) {
  const now = performance.now();
  const whole = begun && now - begunAt < SEQUENCE_MS ? `${begun} ${key}` : key;
  begun = key === "g" ? "g" : "";
  begunAt = now;
  return whole;
}

function isSingle(key) {
  return !/Ctrl|Alt/.test(key) && key !== "Escape";
}

function isLetter(key) {
  return key.length === 1;
}

function isField(element) {
  return element instanceof HTMLElement &&
    (element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));
}

// Enter and Space on a button or link are the browser's own.
function isNative(element, key) {
  return (key === "Enter" || key === " ") && element instanceof HTMLElement && element.matches("a, button, summary, input, label");
}

// The overlay of `?`.
document.addEventListener("dialog:before", (event) => {
  if (event.target.id === "keys") event.target.querySelector("[data-keymap]").replaceChildren(...groups(event.target.dataset));
});

function groups(words) {
  const declared = new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (element.closest("dialog") || (element.closest("[data-row]") && !currentRow()?.contains(element))) continue;
    if (element.getClientRects().length > 0) declared.set(element.dataset.key.split("|")[0], wordsOf(element));
  }
  const go = [...declared].filter(([key]) => key.startsWith("g "));
  const here = [...declared].filter(([key]) => !key.startsWith("g ") && !key.startsWith("Ctrl"));
  const rows = currentRow() ? [["j k", words.wordsMove], ["Enter", words.wordsOpen], ["x", words.wordsSelect]] : [];
  const free = rows.filter(([key]) => !declared.has(key));
  const all = [["Ctrl+k", words.wordsFind], ["?", words.wordsKeys], ["\\", words.wordsRail], ["Esc", words.wordsBack]];
  return [[words.here, [...free, ...here]], [words.go, go], [words.everywhere, all]]
    .filter(([, keys]) => keys.length > 0)
    .map(([title, keys]) => group(title, keys));
}

function wordsOf(element) {
  if (element.dataset.keyWords) return element.dataset.keyWords;
  const copy = element.cloneNode(true);
  for (const extra of copy.querySelectorAll("kbd, svg, .count, .unseen")) extra.remove();
  return copy.textContent.trim() || element.getAttribute("aria-label") || element.title || element.placeholder || "";
}

function group(title, keys) {
  const box = document.createElement("section");
  const list = document.createElement("dl");
  box.append(Object.assign(document.createElement("h3"), { textContent: title }), list);
  for (const [key, words] of keys) {
    const term = document.createElement("dt");
    term.append(...key.split(" ").map((cap) => Object.assign(document.createElement("kbd"), { textContent: capital(cap) })));
    list.append(term, Object.assign(document.createElement("dd"), { textContent: words }));
  }
  return box;
}

function capital(key) {
  return key.split("+").map((part) => (part.length === 1 ? part.toUpperCase() : part)).join(" ");
}

document.addEventListener("change", async (event) => {
  if (!event.target.matches("[data-single-keys-switch]")) return;
  const { remember } = await import("./remember.js");
  const off = !event.target.checked;
  remember("keys", off ? "off" : "");
  if (off) document.documentElement.dataset.singleKeys = "off";
  else delete document.documentElement.dataset.singleKeys;
});
