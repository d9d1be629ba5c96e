// Ctrl K: asks the search address (?q=) for its groups of results; arrows move, Enter opens. With nothing typed it
// shows where one has been lately and the places of the rail.
const WAIT_MS = 120;
const LATELY_MAX = 6;
const dialog = document.querySelector("[data-palette]");
let asked = null;
let timer = 0;

if (dialog) {
  const input = dialog.querySelector("[role=combobox]");
  dialog.addEventListener("dialog:before", () => {
    input.value = "";
    rest();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => (input.value.trim() ? ask(input.value.trim()) : rest()), WAIT_MS);
  });
  input.addEventListener("keydown", key);
  results().addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) visited(option);
  });
}

function results() {
  return dialog.querySelector("[role=listbox]");
}

function options() {
  return [...results().querySelectorAll("[role=option]")];
}

async function ask(query) {
  asked?.abort();
  asked = new AbortController();
  const url = new URL(dialog.dataset.searchUrl, location.href);
  url.searchParams.set("q", query);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true", Accept: "text/html" }, signal: asked.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.text(), query);
  } catch (problem) {
    if (problem.name !== "AbortError") results().replaceChildren(sentence(dialog.dataset.wordsFailed));
  }
}

// Our own server drew this; text in it is escaped there, and the page's policy runs nothing inline.
function show(html, query) {
  const found = document.createRange().createContextualFragment(html);
  const there = new Set([...found.querySelectorAll("[role=option]")].map((option) => option.getAttribute("href")));
  const places = group(dialog.dataset.wordsPlaces, placesLike(query).filter(({ href }) => !there.has(href)));
  const any = found.querySelector("[role=option]");
  results().replaceChildren(...(any || !places ? [found] : []), ...(places ? [places] : []));
  settle();
}

function rest() {
  asked?.abort();
  results().replaceChildren(...[group(dialog.dataset.wordsRecent, lately()), group(dialog.dataset.wordsPlaces, placesLike(""))].filter(Boolean));
  settle();
}

function settle() {
  options().forEach((option, place) => (option.id = `palette-${place}`));
  mark(0);
}

function mark(place) {
  const all = options();
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
  const input = dialog.querySelector("[role=combobox]");
  if (all[place]) input.setAttribute("aria-activedescendant", all[place].id);
  else input.removeAttribute("aria-activedescendant");
  all[place]?.scrollIntoView({ block: "nearest" });
}

function key(event) {
  const all = options();
  const here = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") mark((here + 1) % all.length);
  else if (event.key === "ArrowUp") mark((here - 1 + all.length) % all.length);
  else if (event.key === "Enter" && all[here]) all[here].click();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function placesLike(query) {
  const wanted = query.toLowerCase();
  return [...document.querySelectorAll("a[data-place]")]
    .map((link) => ({ words: (link.querySelector(".words") ?? link).textContent.trim(), href: link.getAttribute("href") }))
    .filter(({ words }) => words.toLowerCase().split(/\s+/).some((word) => word.startsWith(wanted)));
}

function group(title, entries) {
  if (!entries.length) return null;
  const box = document.createElement("div");
  box.role = "group";
  box.setAttribute("aria-label", title);
  const head = Object.assign(document.createElement("div"), { className: "palette-group", textContent: title });
  head.setAttribute("aria-hidden", "true");
  box.append(head, ...entries.map(entry));
  return box;
}

function entry({ words, href }) {
  const option = Object.assign(document.createElement("a"), { href, tabIndex: -1, role: "option" });
  option.append(Object.assign(document.createElement("span"), { className: "grow clip", textContent: words }));
  return option;
}

function sentence(words) {
  return Object.assign(document.createElement("p"), { className: "palette-none", textContent: words });
}

// Lately is kept for this tab only: a shared computer must not show the next person who was looked up.
function lately() {
  return JSON.parse(sessionStorage.getItem("palette") ?? "[]");
}

function visited(option) {
  const now = { words: (option.querySelector(".grow") ?? option).textContent.trim(), href: option.getAttribute("href") };
  const others = lately().filter(({ href }) => href !== now.href);
  sessionStorage.setItem("palette", JSON.stringify([now, ...others].slice(0, LATELY_MAX)));
}
