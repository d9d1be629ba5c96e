// Choosing an account by typing (ARIA 1.2 combobox). Options come from a JSON script, [{id, code, name, used}], named by
// data-options, or from an address in data-options-url (fetched once). Choosing writes the id into the hidden field,
// fires "change" on it, and sends the form where data-then="send".
const SHOWN_MAX = 12;
const fetched = new Map();

document.addEventListener("focusin", async (event) => {
  const box = event.target.closest?.("[data-combobox]");
  if (!box || box.ready || event.target.getAttribute("role") !== "combobox") return;
  box.ready = true;
  new Combobox(box, await optionsOf(box));
});

async function optionsOf(box) {
  const script = document.getElementById(box.dataset.options);
  if (script) return JSON.parse(script.textContent);
  const url = box.dataset.optionsUrl;
  if (!fetched.has(url)) fetched.set(url, fetch(url, { headers: { Accept: "application/json" } }).then((answer) => answer.json()));
  return fetched.get(url);
}

// Code prefix first, then a word of the name that begins so, then anywhere in it; within each, the most used.
export function rank(options, typed) {
  const wanted = fold(typed.trim());
  if (!wanted) return [...options].sort((one, other) => (other.used ?? 0) - (one.used ?? 0)).slice(0, SHOWN_MAX);
  return options
    .map((option) => ({ option, place: placeOf(option, wanted) }))
    .filter(({ place }) => place < 4)
    .sort((one, other) => one.place - other.place || (other.option.used ?? 0) - (one.option.used ?? 0) || one.option.code.localeCompare(other.option.code))
    .slice(0, SHOWN_MAX)
    .map(({ option }) => option);
}

function placeOf(option, wanted) {
  const name = fold(option.name);
  if (option.code.startsWith(wanted) || fold(`${option.code} ${option.name}`).startsWith(wanted)) return 0;
  if (wanted.split(/\s+/).every((part) => name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(part)))) return 1;
  if (name.includes(wanted)) return 2;
  return option.code.includes(wanted) ? 3 : 4;
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
}

class Combobox {
  constructor(box, options) {
    this.box = box;
    this.options = options;
    this.input = box.querySelector("[role=combobox]");
    this.list = box.querySelector("[role=listbox]");
    this.value = box.querySelector("[data-combobox-value]");
    this.chosen = this.input.value;
    this.input.addEventListener("input", () => this.open());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.leave());
    this.input.addEventListener("click", () => this.open());
    this.list.addEventListener("mousedown", (event) => this.pressed(event));
    if (this.input === document.activeElement) this.open();
  }

  open() {
    const typed = this.input.value === this.chosen ? "" : this.input.value;
    this.found = rank(this.options, typed);
    this.list.replaceChildren(...(this.found.length ? this.found.map((option, place) => this.row(option, place, typed)) : [this.none()]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    const below = innerHeight - this.input.getBoundingClientRect().bottom;
    this.list.classList.toggle("above", below < 240 && below < this.input.getBoundingClientRect().top);
    this.mark(typed && this.found.length ? 0 : -1);
  }

  row(option, place, typed) {
    const row = document.createElement("div");
    row.id = `${this.list.id}-${place}`;
    row.role = "option";
    row.dataset.place = place;
    const name = document.createElement("span");
    const words = `${option.code} ${option.name}`;
    const at = typed ? fold(words).indexOf(fold(typed.trim())) : -1;
    if (at < 0) name.textContent = words;
    else name.append(words.slice(0, at), Object.assign(document.createElement("mark"), { textContent: words.slice(at, at + typed.trim().length) }), words.slice(at + typed.trim().length));
    row.append(name);
    if (option.used) row.append(Object.assign(document.createElement("span"), { className: "times", textContent: `${option.used} ${this.box.dataset.times}` }));
    return row;
  }

  none() {
    return Object.assign(document.createElement("div"), { className: "combobox-none", textContent: this.box.dataset.none });
  }

  mark(place) {
    this.place = place;
    [...this.list.children].forEach((row, at) => row.role && row.setAttribute("aria-selected", String(at === place)));
    const row = this.list.children[place];
    if (row && place >= 0) this.input.setAttribute("aria-activedescendant", row.id);
    else this.input.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const closed = this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (closed) this.open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (this.found.length) this.mark((this.place + step + this.found.length) % this.found.length);
    } else if (event.key === "Enter" && !event.ctrlKey && !closed && this.found[this.place]) this.choose(this.found[this.place], { send: true });
    else if ((event.key === "Tab" || event.key === "Enter") && !closed && this.found[this.place]) return this.choose(this.found[this.place]);
    else if (event.key === "Tab") return this.close(); // else the open list, which scrolls, would be the next stop
    else if (event.key === "Escape" && !closed) this.restore();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  pressed(event) {
    event.preventDefault();
    const row = event.target.closest("[role=option]");
    if (row) this.choose(this.found[Number(row.dataset.place)], { send: true });
  }

  choose(option, { send = false } = {}) {
    this.chosen = this.input.value = `${option.code} ${option.name}`;
    this.value.value = option.id;
    this.close();
    this.value.dispatchEvent(new Event("change", { bubbles: true }));
    if (send && this.box.dataset.then === "send") this.input.form.requestSubmit();
  }

  // What was typed and is exactly one account is that account; an emptied field is no account; the rest goes back.
  leave() {
    const typed = this.input.value.trim();
    const exact = this.options.find((option) => option.code === typed);
    if (exact) this.choose(exact);
    else if (!typed && this.value.value) {
      this.chosen = this.value.value = "";
      this.value.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (typed !== this.chosen) this.restore();
    this.close();
  }

  restore() {
    this.input.value = this.chosen;
    this.close();
    this.input.select();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
