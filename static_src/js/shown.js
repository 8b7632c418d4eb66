// Parts of a form that belong to some values of a choice are shown only while one of them is chosen.
import { matching, onContent } from "./page.js";

function refresh(part) {
  const form = part.closest("form");
  const field = form && form.elements[part.dataset.shownFor];
  if (!field) return;
  part.hidden = !part.dataset.shownValues.split(" ").includes(field.value);
}

onContent((root) => matching(root, "[data-shown-for]").forEach(refresh));

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form) matching(form, "[data-shown-for]").forEach(refresh);
});
