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

function columnValues(table, key) {
  return Array.from(table.tBodies[0].querySelectorAll(`[data-key="${CSS.escape(key)}"]`)).map((place) =>
    amount(place.matches("input") ? place.value : place.dataset.value || ""),
  );
}

function show(place, value) {
  place.textContent = value === null ? "—" : value.toLocaleString("zh-CN", { maximumFractionDigits: 2 });
}

function sumRow(place) {
  const keys = (place.dataset.rowSum || "").split(" ").filter(Boolean);
  const inputs = Array.from(place.parentElement.querySelectorAll("input[data-key]"));
  const counted = keys.length ? inputs.filter((input) => keys.includes(input.dataset.key)) : inputs;
  show(place, sumOf(counted.map((input) => amount(input.value))));
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
