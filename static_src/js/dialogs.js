// Dialogs that ask before an act. Without scripts the link shows the dialog by :target.
import { flushBefore } from "./saving.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.querySelector(opener.getAttribute("href"));
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  const dialog = closer && closer.closest("dialog");
  if (dialog && dialog.open) {
    event.preventDefault();
    dialog.close();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.matches("dialog[open]")) event.target.close();
});

document.addEventListener("keydown", (event) => {
  const opener = event.target.closest && event.target.closest("[data-dialog-open]");
  if (opener && event.key === " ") {
    event.preventDefault();
    opener.click();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.matches("[data-after-save]") && flushBefore(event, form)) return;
  if (form.method === "post" && !form.matches("[hx-post]")) {
    form.dataset.sent = "yes";
    window.setTimeout(() => delete form.dataset.sent, 4000);
  }
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
