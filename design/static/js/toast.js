// One toast at a time; it leaves after ten seconds, never while the pointer or the focus rests on it.
const STAYS_MS = 10_000;
const region = document.getElementById("toasts");
let timer = 0;

if (region) {
  new MutationObserver(tidy).observe(region, { childList: true });
  for (const event of ["mouseenter", "focusin"]) region.addEventListener(event, () => clearTimeout(timer));
  for (const event of ["mouseleave", "focusout"]) region.addEventListener(event, start);
  region.addEventListener("click", (event) => event.target.closest("[data-toast-close]") && region.replaceChildren());
  tidy();
}

export function toast(words) {
  const box = Object.assign(document.createElement("div"), { className: "toast", textContent: words });
  box.dataset.toast = "";
  region?.replaceChildren(box);
}

function tidy() {
  const toasts = region.querySelectorAll("[data-toast]");
  for (const older of [...toasts].slice(0, -1)) older.remove();
  if (toasts.length > 0) start();
}

function start() {
  clearTimeout(timer);
  timer = setTimeout(leave, STAYS_MS);
}

function leave() {
  const last = region.querySelector("[data-toast]");
  if (!last || region.matches(":hover, :focus-within")) return;
  last.classList.add("leaving");
  setTimeout(() => last.remove(), 200);
}
