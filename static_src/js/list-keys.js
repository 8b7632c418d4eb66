// In one unit's list of figures, Enter and the arrow keys go from line to line.
import { CELLS } from "./cells.js";

const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };

export function attachList(list) {
  list.addEventListener("focusin", (event) => event.target.matches(CELLS) && event.target.select());
  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.isComposing || event.ctrlKey || event.altKey || !event.target.matches(CELLS)) return;
    const cells = Array.from(list.querySelectorAll(CELLS));
    const next = cells[cells.indexOf(event.target) + (event.shiftKey ? -step : step)];
    event.preventDefault();
    if (next) next.focus();
  });
}
