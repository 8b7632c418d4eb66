// A box that ticks all boxes of one name in its form, and says how many are ticked.
function boxesOf(form, name) {
  return Array.from(form.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(name)}"]`));
}

function tell(form, name) {
  const boxes = boxesOf(form, name);
  const chosen = boxes.filter((box) => box.checked).length;
  for (const place of form.querySelectorAll(`[data-chosen-count="${CSS.escape(name)}"]`)) {
    place.textContent = chosen ? `已选 ${chosen} 个` : "尚未选择";
  }
  const all = form.querySelector(`[data-choose-all="${CSS.escape(name)}"]`);
  if (all) {
    all.checked = boxes.length > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

document.addEventListener("change", (event) => {
  const box = event.target;
  const form = box.closest("form");
  if (!form || box.type !== "checkbox") return;
  const name = box.dataset.chooseAll || box.name;
  if (!name) return;
  if (box.dataset.chooseAll) for (const one of boxesOf(form, name)) one.checked = box.checked;
  tell(form, name);
});
