// Beside a number that a ledger knows stands what both make together; it follows what is typed.
import { show, wholeOf } from "./grid-sums.js";

document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.dataset || input.dataset.recorded === undefined) return;
  const place = input.closest(".ledger-sum")?.querySelector("[data-whole]");
  if (place) show(place, wholeOf(input));
});
