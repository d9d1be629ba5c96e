// Parts that add up: <form data-split> with a <template data-split-part>. An empty amount that is entered, after the first,
// takes what is left to place (data-left); data-split-add puts in one more part. The figures themselves come from the server.
let waiting = null;
let known = null; // the sum as it was when the waiting amount was entered

document.addEventListener("focusin", (event) => {
  const split = event.target.closest?.("[data-split]");
  const amounts = [...(split?.querySelectorAll("[data-split-amount]") ?? [])];
  waiting = amounts.indexOf(event.target) > 0 && !event.target.value ? event.target : null;
  if (!waiting) return;
  known = split.querySelector("[data-left]");
  ask(waiting);
});

// What is left is known once the server has seen all that was typed before and has sent the sum anew; what else is swapped
// meanwhile, such as the side panel, says nothing about it.
document.addEventListener("htmx:after:swap", () => {
  const field = waiting;
  if (!field?.isConnected || field !== document.activeElement || field.value) return;
  const sum = field.closest("[data-split]").querySelector("[data-left]");
  if (sum === known) return;
  const left = sum?.dataset.left;
  waiting = null;
  if (!left) return;
  field.value = left;
  field.select();
  ask(field);
});

function ask(field) {
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-split-add]")) add(event.target.closest("[data-row]"));
});

function add(row) {
  const template = row.querySelector("template[data-split-part]");
  const parts = row.querySelectorAll("[data-part]");
  const number = parts.length + 1;
  const holder = document.createElement("div");
  holder.innerHTML = template.innerHTML.replaceAll("__", String(number));
  const part = holder.firstElementChild;
  parts[parts.length - 1].after(part);
  window.htmx.process(part);
  part.querySelector("[data-split-amount]").focus();
}
