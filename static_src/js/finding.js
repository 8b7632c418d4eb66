// Enter in a box that finds something to put into a form searches; it never sends the form.
import htmx from "htmx.org/dist/htmx.js";

function finder(box) {
  if (box.hasAttribute("hx-get")) return () => htmx.trigger(box, "search");
  const button = box.closest(".find-person")?.querySelector("button[hx-get]");
  return () => button?.click();
}

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.key !== "Enter" || event.isComposing || !(box instanceof HTMLInputElement)) return;
  const sends = box.form && box.form.method === "post";
  if (!sends || !(box.type === "search" || box.closest(".find-person"))) return;
  event.preventDefault();
  finder(box)();
});
