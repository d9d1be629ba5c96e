// Acts on the row in hand. A button <button data-row-act="accept" data-verb="post" data-key="Enter"> anywhere on the page
// asks the row's own address (data-address + "/accept") and puts the answer in the row's place. data-for="open" leaves
// rows of another data-state alone. The answer may bring data-problem (the row keeps the hand) or be .done (go down).
import { currentRow, moveRow, selectRow, take } from "./row-cursor.js";

let goesDown = null;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-row-act]");
  const row = button && currentRow();
  if (!row) return;
  if (button.dataset.rowAct === "undo" && pressToast()) return;
  if (button.dataset.for && !button.dataset.for.split(" ").includes(row.dataset.state)) return;
  act(row, button.dataset.rowAct, button.dataset.verb ?? "get");
});

// Z takes back what was done last, while its toast is there; then the row in hand.
function pressToast() {
  const undo = document.querySelector('[data-toast] [data-key="z"]');
  undo?.click();
  return Boolean(undo);
}

// The source is a cell of the row, not the row: the row's own requests are given up when the hand moves on.
function act(row, name, verb) {
  const values = verb === "post" ? { version: row.dataset.version, key: crypto.randomUUID(), shown: row.dataset.shown ?? "" } : {};
  window.htmx.ajax(verb, `${row.dataset.address}/${name}`, { source: row.querySelector("td"), target: row, swap: "outerHTML", values });
}

// Shift J selects and goes down; X is the row cursor's own.
document.addEventListener("keydown", (event) => {
  if (event.key !== "J" || event.ctrlKey || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  if (document.documentElement.dataset.singleKeys !== "off" && selectRow()) moveRow(1);
});

document.addEventListener("click", (event) => event.target.closest("[data-select-row]") && selectRow());

// A form in a row goes down when it has succeeded: when another row, done, stands in the place of the one that sent it.
// What else is swapped meanwhile, such as the side panel, is not the answer.
document.addEventListener("submit", (event) => {
  goesDown = event.target.closest("[data-row]");
});

document.addEventListener("htmx:after:swap", () => {
  const answered = goesDown && !goesDown.isConnected;
  const troubled = document.querySelector("[data-row][data-problem]:not([data-seen])");
  if (troubled) {
    troubled.dataset.seen = "";
    if (currentRow() !== troubled) take(troubled, { focus: true });
  } else if (answered && currentRow()?.id === goesDown.id && currentRow().matches(".done")) moveRow(1);
  if (answered) goesDown = null;
  enterEditor();
});

// An editor that has just been opened below the row in hand takes the focus.
function enterEditor() {
  const editor = currentRow()?.querySelector("[data-editor-open]:not([data-entered])");
  if (!editor) return;
  editor.dataset.entered = "";
  const field = editor.querySelector("[data-enter]") ?? editor.querySelector("input:checked, .input");
  field?.focus();
  field?.select?.();
}
