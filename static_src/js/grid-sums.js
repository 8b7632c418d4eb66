// The sums under the grid follow what is typed. Empty cells are missing, not zero; a column of none shows —.
import { plainNumber } from "./cells.js";

function amount(text) {
  const plain = plainNumber(text);
  return plain === "" || !Number.isFinite(Number(plain)) ? null : Number(plain);
}

/** Sums in hundredths, so that money adds up exactly. */
export function sumOf(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + Math.round(value * 100), 0) / 100 : null;
}

/** The amount in a typed cell, on top of what a ledger has recorded, or in a locked one. */
function amountIn(place) {
  return place.matches("input") ? wholeOf(place) : amount(place.dataset.value || "");
}

/** What is typed and what is recorded together; nothing where neither is known. */
export function wholeOf(input) {
  return sumOf([amount(input.value), amount(input.dataset.recorded || "")]);
}

function columnValues(table, key) {
  return Array.from(table.tBodies[0].querySelectorAll(`[data-key="${CSS.escape(key)}"]`)).map(amountIn);
}

export function show(place, value) {
  place.textContent = value === null ? "—" : value.toLocaleString("zh-CN", { maximumFractionDigits: 2 });
}

function sumRow(place) {
  const keys = (place.dataset.rowSum || "").split(" ").filter(Boolean);
  const cells = Array.from(place.parentElement.querySelectorAll("[data-key]"));
  const counted = keys.length ? cells.filter((cell) => keys.includes(cell.dataset.key)) : cells;
  show(place, sumOf(counted.map(amountIn)));
}

export function attachSums(table) {
  const sumColumn = (place) => show(place, sumOf(columnValues(table, place.dataset.sumOf)));
  const columns = Array.from(table.querySelectorAll("[data-sum-of]"));
  const rows = Array.from(table.querySelectorAll("[data-row-sum]"));
  const update = (event) => {
    const { key } = event.target.dataset;
    columns.filter((place) => place.dataset.sumOf === key).forEach(sumColumn);
    rows.filter((place) => place.parentElement.contains(event.target)).forEach(sumRow);
  };
  columns.forEach(sumColumn);
  rows.forEach(sumRow);
  table.addEventListener("input", update);
  table.addEventListener("kexie:restored", update);
}
