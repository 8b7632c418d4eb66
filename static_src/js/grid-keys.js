// Arrow keys and Enter move through the grid as in a spreadsheet; Escape takes back what was typed in the cell.
import { CELLS, type } from "./cells.js";

export function cellAt(table, row, column) {
  const line = table.tBodies[0].rows[row];
  const place = line && line.cells[column];
  return place ? place.querySelector(CELLS) : null;
}

export function positionOf(cell) {
  const place = cell.closest("td");
  return { row: place.parentElement.sectionRowIndex, column: place.cellIndex };
}

/** The next cell to type into from here in steps of (rows, columns), over read-only ones. */
function next(table, cell, rows, columns) {
  let { row, column } = positionOf(cell);
  const height = table.tBodies[0].rows.length;
  const width = table.tBodies[0].rows[row].cells.length;
  for (;;) {
    row += rows;
    column += columns;
    if (row < 0 || row >= height || column < 0 || column >= width) return null;
    const found = cellAt(table, row, column);
    if (found) return found;
  }
}

function downOrNextColumn(table, cell) {
  const below = next(table, cell, 1, 0);
  if (below) return below;
  const { column } = positionOf(cell);
  const width = table.tBodies[0].rows[0].cells.length;
  for (let beside = column + 1; beside < width; beside += 1) {
    const top = cellAt(table, 0, beside);
    if (top) return top;
  }
  return null;
}

/** Tab at a row's end goes on typing in the next row; what stands behind the cells is reached backwards from there. */
function firstOfNextRow(table, cell) {
  const rows = Array.from(table.tBodies[0].rows).slice(positionOf(cell).row + 1);
  for (const row of rows) {
    const first = row.querySelector(CELLS);
    if (first) return first;
  }
  return null;
}

function caretAtEdge(cell, isLeft) {
  const { selectionStart, selectionEnd, value } = cell;
  if (selectionStart === 0 && selectionEnd === value.length) return true;
  return isLeft ? selectionEnd === 0 : selectionStart === value.length;
}

function target(table, cell, event) {
  switch (event.key) {
    case "ArrowUp":
      return next(table, cell, -1, 0);
    case "ArrowDown":
      return next(table, cell, 1, 0);
    case "ArrowLeft":
      return caretAtEdge(cell, true) ? next(table, cell, 0, -1) : null;
    case "ArrowRight":
      return caretAtEdge(cell, false) ? next(table, cell, 0, 1) : null;
    case "Enter":
      return event.shiftKey ? next(table, cell, -1, 0) : downOrNextColumn(table, cell);
    case "Tab":
      return event.shiftKey || next(table, cell, 0, 1) ? null : firstOfNextRow(table, cell);
    default:
      return null;
  }
}

/** The line above the grid that says which keys move; only a grid shows it. */
function showKeys(table) {
  const area = table.closest("[data-autosave-url]");
  const keys = area && area.querySelector("[data-grid-keys]");
  if (keys) keys.hidden = false;
}

export function attachGrid(table) {
  showKeys(table);
  table.addEventListener("focusin", (event) => {
    if (!event.target.matches(CELLS)) return;
    event.target.dataset.before = event.target.value;
    event.target.select();
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches(CELLS) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && cell.dataset.before !== undefined && cell.value !== cell.dataset.before) {
      type(cell, cell.dataset.before);
      cell.select();
      return;
    }
    const found = target(table, cell, event);
    if (event.key === "Enter") event.preventDefault();
    if (!found) return;
    event.preventDefault();
    found.focus();
  });
}
