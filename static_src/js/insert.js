// Buttons with data-insert-into add their text to a field, as if it were typed: on a line of its own, or with
// data-insert-inline where the cursor is.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert-into]");
  const field = button && document.getElementById(button.dataset.insertInto);
  if (!field) return;
  const text = button.dataset.insert;
  if ("insertInline" in button.dataset) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    return;
  }
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
