// On a phone a list begins within the first screen: of many filters the first two stand there, the others on demand.
import { matching, onContent } from "./page.js";

const narrow = window.matchMedia("(max-width: 575.98px)");

function shorten(button) {
  const form = button.form;
  const others = Array.from(form.querySelectorAll(":scope > .filter-field, :scope > details")).slice(2);
  const isUsed = form.parentElement.querySelector(".chips, .invalid-feedback");
  if (!narrow.matches || others.length < 2 || isUsed) return;
  form.classList.add("is-brief");
  button.hidden = false;
  button.addEventListener("click", () => {
    form.classList.remove("is-brief");
    button.hidden = true;
    const first = others[0].querySelector("input, select, summary");
    if (first) first.focus();
  });
}

onContent((root) => matching(root, "[data-all-filters]").forEach(shorten));
