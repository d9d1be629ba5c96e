// Small helps for forms: the summary of errors takes the focus, a password can be shown, a form goes once.
import { onContent } from "./remember.js";

onContent((page) => {
  const summary = page.querySelector("[data-focus]:not([data-focused])");
  if (!summary) return;
  summary.dataset.focused = "";
  summary.focus();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-password]");
  if (!button) return;
  const field = document.getElementById(button.dataset.showPassword);
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  [button.textContent, button.dataset.otherWords] = [button.dataset.otherWords, button.textContent];
});

// A second press of a plain form while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented || form.matches("[hx-post], [data-hx-post], [method=dialog]")) return;
  form.dataset.sent = "";
  event.submitter?.setAttribute("aria-busy", "true");
});

// Coming back by the browser's button finds the form open again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll('.button[aria-busy="true"]')) button.removeAttribute("aria-busy");
});

// A chosen filter sends its form at once.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-send-on-change]")) event.target.form?.requestSubmit();
});
