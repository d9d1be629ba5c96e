// Sending files: several at once, chosen, dropped, or a whole folder. Each file is one request with the raw bytes as its
// body, at most three at a time, with a bar of its own; a lost line is tried again by itself, with the same key, so that
// the server knows it as the same file. The server answers with the row that says what it made of the file (macro
// upload_result), whatever the status; a row that is still being checked asks again by itself until it is known.
const AT_ONCE_MAX = 3;
const TRIES_MAX = 5;
const FIRST_WAIT_MS = 1000;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose]");
  if (button) document.getElementById(button.dataset.choose)?.click();
});

for (const box of document.querySelectorAll("[data-upload]")) new Uploads(box);

function Uploads(box) {
  const words = box.dataset;
  const rows = box.querySelector("[data-upload-rows]");
  const waiting = [];
  let running = 0;
  listen();

  function listen() {
    const zone = box.querySelector("[data-dropzone]");
    for (const input of box.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => {
        add([...input.files]);
        input.value = "";
      });
    }
    for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => hover(event, true));
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, (event) => hover(event, false));
    zone.addEventListener("drop", async (event) => add(await dropped(event.dataTransfer)));
    new MutationObserver(known).observe(rows, { childList: true });
    addEventListener("online", () => rows.querySelectorAll('[data-state="lost"]').forEach((row) => row.sendNow?.()));
    addEventListener("beforeunload", (event) => (running || waiting.length) && event.preventDefault());
  }

  function hover(event, over) {
    event.preventDefault();
    event.currentTarget.classList.toggle("over", over);
  }

  function add(files) {
    for (const file of files) {
      const row = draw(file);
      rows.prepend(row);
      const item = { file, row, tries: 0, key: newKey() };
      if (file.size > Number(words.bytesMax ?? Infinity)) failed(item, words.wordsLarge);
      else waiting.push(item);
    }
    next();
  }

  // A row that was still being checked has been replaced by one that says what became of the file.
  function known(changes) {
    const checked = changes.some((change) => [...change.removedNodes].some((row) => row.dataset?.state === "checking"));
    const drawn = changes.flatMap((change) => [...change.addedNodes]).filter((row) => ["safe", "held"].includes(row.dataset?.state));
    if (checked) for (const row of drawn) announceRow(row);
    count();
  }

  function draw(file) {
    const row = box.querySelector("[data-upload-template]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-size]").textContent = size(file.size);
    row.querySelector("progress").setAttribute("aria-label", file.name);
    row.querySelector("[data-words]").textContent = words.wordsWaiting;
    const cancel = row.querySelector("[data-cancel]");
    cancel.setAttribute("aria-label", `${cancel.getAttribute("aria-label")}: ${file.name}`);
    cancel.addEventListener("click", () => takeBack(row));
    return row;
  }

  function next() {
    while (running < AT_ONCE_MAX && waiting.length) send(waiting.shift());
    count();
  }

  function send(item) {
    running += 1;
    const { file, row } = item;
    const started = performance.now();
    const line = new XMLHttpRequest();
    row.dataset.state = "sending";
    row.stop = () => line.abort();
    line.open("POST", box.dataset.upload);
    for (const [name, value] of Object.entries(headersOf(item))) line.setRequestHeader(name, value);
    line.upload.addEventListener("progress", (event) => event.lengthComputable && moved(row, event, started));
    line.upload.addEventListener("load", () => say(row, words.wordsChecking));
    line.addEventListener("load", () => answered(item, line));
    line.addEventListener("error", () => lost(item));
    line.addEventListener("timeout", () => lost(item));
    line.addEventListener("abort", () => row.remove());
    line.addEventListener("loadend", () => {
      running -= 1;
      next();
    });
    line.send(file);
  }

  function headersOf({ file, key }) {
    const extra = Object.entries(words).filter(([name]) => name.startsWith("field"));
    return {
      "Content-Type": "application/octet-stream",
      "X-File-Key": key,
      "X-File-Size": String(file.size),
      "X-File-Name": encodeURIComponent(file.name),
      "X-File-Path": encodeURIComponent(file.webkitRelativePath || file.path || ""),
      ...JSON.parse(document.body.dataset.guards ?? "{}"),
      "HX-Request": "true",
      ...Object.fromEntries(extra.map(([name, value]) => [`X-Field-${name.slice(5)}`, encodeURIComponent(value)])),
    };
  }

  function moved(row, event, started) {
    const share = event.loaded / event.total;
    const seconds = ((performance.now() - started) / 1000 / share) * (1 - share);
    row.querySelector("progress").value = share;
    row.querySelector("[data-size]").textContent = `${size(event.loaded)} / ${size(event.total)}`;
    say(row, words.wordsLeft.replace("%s", `${Math.max(1, Math.round(seconds))} s`));
  }

  // Any answer that holds a row is the last word on this file; a busy or broken server is a lost line.
  function answered(item, line) {
    const { row } = item;
    const drawn = document.createRange().createContextualFragment(line.responseText).querySelector(".upload-row");
    if (!drawn && (line.status === 429 || line.status >= 500)) return lost(item);
    if (!drawn) return failed(item);
    announceRow(drawn);
    const focused = row.contains(document.activeElement);
    row.replaceWith(drawn);
    window.htmx?.process(drawn);
    if (focused) (drawn.querySelector("a, button") ?? box.querySelector("[data-choose]")).focus();
    box.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: { state: drawn.dataset.state } }));
  }

  function lost(item) {
    item.tries += 1;
    if (item.tries > TRIES_MAX) return failed(item);
    item.row.dataset.state = "lost";
    say(item.row, words.wordsLost);
    const again = () => {
      clearTimeout(timer);
      item.row.sendNow = item.row.stop = null;
      waiting.unshift(item);
      next();
    };
    const timer = setTimeout(again, FIRST_WAIT_MS * 2 ** (item.tries - 1));
    item.row.sendNow = again;
    item.row.stop = () => {
      clearTimeout(timer);
      item.row.remove();
    };
  }

  function failed(item, why = words.wordsFailed) {
    item.row.dataset.state = "failed";
    item.tries = 0;
    say(item.row, why);
    announce(`${item.file.name}: ${why}`);
    const again = item.row.querySelector("[data-again]");
    again.hidden = why === words.wordsLarge;
    again.onclick = () => {
      again.hidden = true;
      waiting.push(item);
      next();
    };
    item.row.stop = () => item.row.remove();
  }

  function takeBack(row) {
    const name = row.querySelector("[data-name]").textContent;
    const place = waiting.findIndex((item) => item.row === row);
    if (place >= 0) {
      waiting.splice(place, 1);
      row.remove();
    } else row.stop?.();
    announce(`${name}: ${words.wordsCancelled}`);
    box.querySelector("[data-choose]").focus();
    count();
  }

  function count() {
    const states = [...rows.children].map((row) => row.dataset.state);
    const held = states.filter((state) => state === "held" || state === "failed").length;
    const safe = states.filter((state) => state === "safe").length;
    const way = states.length - held - safe;
    const parts = [[safe, words.wordsSafe], [way, words.wordsWay], [held, words.wordsHeld]];
    box.querySelector("[data-upload-summary]").textContent = parts.filter(([number]) => number).map(([number, text]) => text.replace("%s", number)).join(" · ");
    box.querySelector("[data-upload-count]").textContent = states.length === 1 ? words.wordsOne : words.wordsCount.replace("%s", states.length);
    box.querySelector("[data-upload-card]").hidden = states.length === 0;
  }

  function say(row, text) {
    row.querySelector("[data-words]").textContent = text;
  }

  function announceRow(row) {
    announce(`${row.querySelector(".name")?.textContent ?? ""}: ${row.querySelector(".second")?.textContent ?? ""}`);
  }

  function announce(text) {
    box.querySelector("[data-upload-status]").textContent = text;
  }
}

// Made once per file; crypto.randomUUID is missing where the address is not a secure one.
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const digits = step > 0 && bytes / 1000 ** step < 10 ? 1 : 0;
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[step], maximumFractionDigits: digits }).format(bytes / 1000 ** step);
}

// Dropped folders are walked; what cannot be read is left out.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  return (await Promise.all(entries.map(walk))).flat();
}

async function walk(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // A reader gives at most a hundred entries at a time.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(walk))).flat();
}
