// Cells that are edited in place: <button data-cell-edit="account" data-key="/"> turns the cells data-cell="…" of the row in
// hand into the editors of <template id="cell-editors">, at once, so that no typed letter is lost. A cell says its value by
// data-value and data-text. Esc (data-cell-leave) puts everything back.
import { onContent } from "./remember.js";
import { currentRow } from "./row-cursor.js";

const before = new Map();

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-cell-edit]");
  const row = event.target.closest("[data-row]") ?? currentRow();
  if (opener && row && row.dataset.state !== "closed") edit(row, opener.dataset.cellEdit);
});

// Esc puts back what was there, Ctrl Enter saves; Enter is the form's own.
document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!before.has(row?.id)) return;
  if (event.key === "Escape") leave(row);
  else if (event.key === "Enter" && event.ctrlKey) before.get(row.id).form.requestSubmit();
});

// What is chosen for the line in hand goes to all lines that are selected and still open.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "cell-form" || form.dataset.act !== "code") return;
  const { account_id: account, tax_code_id: tax } = Object.fromEntries(new FormData(form));
  for (const row of document.querySelectorAll('[data-row][data-state="open"]:has([data-select]:checked)')) {
    if (row.contains(form)) continue;
    const values = { version: row.dataset.version, key: crypto.randomUUID(), account_id: account, tax_code_id: tax };
    window.htmx.ajax("post", `${row.dataset.address}/code`, { source: row.querySelector("td"), target: row, swap: "outerHTML", values });
  }
});

// A chosen account brings its usual tax along, unless somebody has chosen one.
document.addEventListener("change", (event) => {
  const editor = event.target.closest("[data-editor]");
  if (editor?.dataset.editor === "tax") editor.dataset.touched = "";
  if (editor?.dataset.editor !== "account") return;
  const tax = editor.closest("[data-row]").querySelector('[data-editor="tax"]');
  const option = optionOf("accounts", event.target.value);
  if (!tax || "touched" in tax.dataset || !option) return;
  const usual = optionOf("tax-codes", option.tax ?? "");
  tax.querySelector("[data-combobox-value]").value = option.tax ?? "";
  tax.querySelector(".input").value = usual && option.tax ? `${usual.code} ${usual.name}` : "";
});

function optionOf(list, id) {
  return JSON.parse(document.getElementById(list).textContent).find((option) => option.id === id);
}

function edit(row, wanted) {
  if (!before.has(row.id)) open(row, wanted);
  const field = row.querySelector(`[data-editor="${wanted}"] .input, [data-editor="${wanted}"].input`);
  field?.focus();
  field?.select?.();
}

function open(row, wanted) {
  for (const id of [...before.keys()]) leave(document.getElementById(id));
  const editors = document.getElementById("cell-editors").content;
  const form = editors.querySelector(`form[data-edits~="${wanted}"]`).cloneNode(true);
  form.id = "cell-form";
  form.setAttribute("action", `${row.dataset.address}/${form.dataset.act}`);
  form.setAttribute("hx-post", form.getAttribute("action"));
  form.setAttribute("hx-target", `#${row.id}`);
  form.elements.version.value = row.dataset.version;
  form.elements.key.value = crypto.randomUUID();
  const cells = new Map();
  for (const name of form.dataset.edits.split(" ")) {
    const cell = row.querySelector(`[data-cell="${name}"]`);
    cells.set(cell, [...cell.childNodes]);
    cell.replaceChildren(filled(editors.querySelector(`[data-editor="${name}"]`).cloneNode(true), cell.dataset));
  }
  before.set(row.id, { cells, form });
  row.querySelector("td").append(form);
  window.htmx.process(form);
}

function filled(editor, { value = "", text = "" }) {
  const hidden = editor.querySelector("[data-combobox-value]");
  if (hidden) hidden.value = value;
  for (const input of [editor, ...editor.querySelectorAll("input")]) input.setAttribute("form", "cell-form");
  const field = editor.matches(".input") ? editor : editor.querySelector(".input");
  field.value = text;
  return editor;
}

function leave(row) {
  const kept = before.get(row?.id);
  if (!kept) return;
  before.delete(row.id);
  for (const [cell, nodes] of kept.cells) cell.replaceChildren(...nodes);
  kept.form.remove();
  row.focus({ preventScroll: true });
}

// A row that was put in anew has no editor any more.
onContent(() => {
  for (const [id, { form }] of before) if (!form.isConnected) before.delete(id);
});
