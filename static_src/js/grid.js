// What typing areas load: saving as one types, and moving, pasting and summing in the grid.
import "./answers.js";
import { Autosave } from "./autosave.js";
import { attachGrid } from "./grid-keys.js";
import { attachPaste } from "./grid-paste.js";
import { attachSums } from "./grid-sums.js";
import "./ledger-part.js";
import { attachList } from "./list-keys.js";
import { matching, onContent } from "./page.js";
import { Presence } from "./presence.js";
import { registerSaver } from "./saving.js";

onContent((root) => {
  for (const area of matching(root, "[data-autosave-url]")) {
    if (!area.dataset.ready) {
      area.dataset.ready = "yes";
      const saver = new Autosave(area);
      registerSaver(saver);
      if (area.dataset.presenceUrl) area.presence = new Presence(area, saver);
    }
  }
  for (const list of matching(root, "[data-figure-list]")) {
    if (!list.dataset.ready) {
      list.dataset.ready = "yes";
      attachList(list);
    }
  }
  for (const table of matching(root, "table[data-grid]")) {
    if (!table.dataset.ready) {
      table.dataset.ready = "yes";
      attachGrid(table);
      attachPaste(table);
      attachSums(table);
    }
  }
});
