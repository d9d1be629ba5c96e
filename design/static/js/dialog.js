// Dialogs: opened by data-dialog-open="id", closed by data-dialog-close, Esc or a click beside them.
// data-confirm-text asks for words to be typed before the act opens.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) openDialog(opener.dataset.dialogOpen);
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog").close();
  if (event.target instanceof HTMLDialogElement && isBeside(event)) event.target.close();
});

document.addEventListener("input", (event) => {
  const wanted = event.target.dataset?.confirmText;
  if (wanted === undefined) return;
  const act = event.target.form.querySelector("[data-dialog-act]");
  act.disabled = event.target.value.trim() !== wanted;
});

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.dispatchEvent(new CustomEvent("dialog:before", { bubbles: true }));
  dialog.showModal();
}

export function dialogInHand() {
  return [...document.querySelectorAll("dialog[open]")].findLast((dialog) => dialog.matches(":modal"));
}

function isBeside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
