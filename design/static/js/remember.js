// Choices of the reader live in cookies, so that the server draws the first paint as chosen.
const SECONDS_OF_A_YEAR = 31_536_000;

export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = value ? SECONDS_OF_A_YEAR : 0;
  document.cookie = `look_${name}=${value}; Path=/; SameSite=Lax; Max-Age=${age}${secure}`;
}

// After htmx has put new HTML into the page, and once at the start.
export function onContent(act) {
  document.addEventListener("htmx:after:swap", () => act(document));
  act(document);
}
