// On the page of a report that can no longer be typed in: what was typed on this device and came too late to be saved.
import { matching, onContent } from "./page.js";
import { Queue } from "./queue.js";

function isSame(stored, typed) {
  return stored === typed || (stored !== "" && typed !== "" && Number(stored) === Number(typed));
}

function show(area) {
  const queue = new Queue(area.dataset.leftoversUser, area.dataset.leftovers);
  let left = 0;
  for (const line of area.querySelectorAll("[data-leftover]")) {
    const entry = queue.get(line.dataset.leftover);
    if (!entry) continue;
    if (isSame(line.dataset.leftoverStored, entry.value)) {
      queue.remove(line.dataset.leftover);
      continue;
    }
    left += 1;
    line.hidden = false;
    const place = line.querySelector("[data-leftover-typed]");
    if (place) place.textContent = entry.value || "（清空）";
  }
  area.hidden = !left;
  area.querySelector("[data-leftovers-drop]").addEventListener("click", () => {
    for (const id of Array.from(queue.entries.keys())) queue.remove(id);
    area.hidden = true;
  });
}

onContent((root) => matching(root, "[data-leftovers]").forEach(show));
