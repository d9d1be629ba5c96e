// A bar that is drawn anew by polling never goes back: an older answer that arrives late keeps the newer bar.
const furthest = new Map();

function keep() {
  for (const bar of document.querySelectorAll("[data-progress]")) {
    const done = Number(bar.getAttribute("aria-valuenow"));
    const key = `${bar.dataset.progress} of ${bar.getAttribute("aria-valuemax")}`;
    const best = furthest.get(key);
    if (best && best.done > done) bar.replaceWith(best.bar.cloneNode(true));
    else furthest.set(key, { done, bar: bar.cloneNode(true) });
  }
}

document.addEventListener("htmx:after:swap", keep);
keep();
