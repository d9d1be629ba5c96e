// Light, dark, or as the machine; and the rail, narrow or wide.
import { remember } from "./remember.js";

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  if (choice) chooseTheme(choice);
  if (event.target.closest("[data-rail-show]")) showRail(!document.body.classList.contains("rail-shown"));
  else if (!event.target.closest(".rail")) showRail(false);
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

function chooseTheme(button) {
  const theme = button.dataset.themeChoice;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  remember("theme", theme);
  for (const other of document.querySelectorAll("[data-theme-choice]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
}

export function toggleRail() {
  const narrow = document.body.classList.toggle("narrow");
  remember("rail", narrow ? "narrow" : "wide");
}

export function showRail(shown) {
  document.body.classList.toggle("rail-shown", shown);
  document.querySelector("[data-rail-show]")?.setAttribute("aria-expanded", String(shown));
}

export function closeMenu() {
  const open = document.querySelector("details[data-menu][open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
  return Boolean(open);
}
