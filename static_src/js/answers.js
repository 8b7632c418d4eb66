// Answers that are not one field: several choices and the rows of a table, kept together in one hidden cell.
import { isTouched, plainNumber, type } from "./cells.js";
import { matching, onContent } from "./page.js";

function cellOf(id) {
  return document.getElementById(id);
}

function attachChoices(group) {
  const cell = cellOf(group.dataset.choicesFor);
  const boxes = Array.from(group.querySelectorAll("input"));
  const show = () => {
    const chosen = cell.value.split(",");
    for (const box of boxes) box.checked = chosen.includes(box.value);
  };
  const take = () => type(cell, boxes.filter((box) => box.checked).map((box) => box.value).join(","));
  group.addEventListener("change", take);
  cell.addEventListener("kexie:restored", show);
  if (isTouched(cell)) show();
  else if (boxes.some(isTouched)) take();
}

class Rows {
  constructor(table) {
    this.table = table;
    this.cell = cellOf(table.dataset.rowsFor);
    this.body = table.tBodies[0];
    this.template = document.querySelector(`[data-row-template="${CSS.escape(this.cell.id)}"]`);
    table.addEventListener("input", () => this.typed());
    table.addEventListener("change", () => this.typed());
    table.addEventListener("click", (event) => this.clicked(event));
    table.addEventListener("paste", (event) => this.pasted(event));
    table.addEventListener("keydown", (event) => this.keyed(event));
    document.querySelector(`[data-row-add="${CSS.escape(this.cell.id)}"]`).addEventListener("click", () => {
      this.add().querySelector("[data-column]").focus();
    });
    this.cell.addEventListener("kexie:restored", () => this.show());
    if (isTouched(this.cell)) this.show();
    else if (Array.from(this.body.querySelectorAll("[data-column]")).some(isTouched)) this.typed();
    if (!this.body.rows.length) this.add();
  }

  add() {
    this.body.append(this.template.content.cloneNode(true));
    return this.body.rows[this.body.rows.length - 1];
  }

  show() {
    const rows = this.cell.value ? JSON.parse(this.cell.value) : [];
    this.body.textContent = "";
    for (const row of rows) {
      for (const field of this.add().querySelectorAll("[data-column]")) field.value = row[field.dataset.column] || "";
    }
    if (!rows.length) this.add();
  }

  typed() {
    const rows = Array.from(this.body.rows, (line) => {
      const filled = Array.from(line.querySelectorAll("[data-column]")).filter((field) => field.value.trim());
      return Object.fromEntries(filled.map((field) => [field.dataset.column, plain(field)]));
    }).filter((row) => Object.keys(row).length);
    const value = rows.length ? JSON.stringify(rows) : "";
    if (value !== this.cell.value) type(this.cell, value);
  }

  clicked(event) {
    const button = event.target.closest("[data-row-remove]");
    if (!button) return;
    const line = button.closest("tr");
    const next = line.nextElementSibling || line.previousElementSibling;
    line.remove();
    const beside = next || this.add();
    beside.querySelector("[data-column]").focus();
    this.typed();
  }

  /** A block from Excel or WPS fills to the right and down, adding rows. */
  pasted(event) {
    const start = event.target.closest("[data-column]");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!start || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    let line = start.closest("tr");
    const first = Array.from(line.querySelectorAll("[data-column]")).indexOf(start);
    for (const words of text.replace(/\r/g, "").replace(/\n+$/, "").split("\n")) {
      line = line || this.add();
      const fields = line.querySelectorAll("[data-column]");
      words.split("\t").forEach((word, step) => fill(fields[first + step], word.trim()));
      line = line.nextElementSibling;
    }
    this.typed();
  }

  /** Enter goes down the column, and past the last row into a new one. */
  keyed(event) {
    const field = event.target.closest("[data-column]");
    if (event.key !== "Enter" || event.isComposing || !field) return;
    event.preventDefault();
    const next = field.closest("tr").nextElementSibling || this.add();
    next.querySelector(`[data-column="${CSS.escape(field.dataset.column)}"]`).focus();
  }
}

function plain(field) {
  return field.inputMode === "numeric" || field.inputMode === "decimal" ? plainNumber(field.value) : field.value.trim();
}

function fill(field, word) {
  if (!field) return;
  if (field.tagName !== "SELECT") {
    field.value = word;
    return;
  }
  const option = Array.from(field.options).find((one) => one.text === word || one.value === word);
  if (option) field.value = option.value;
}

onContent((root) => {
  for (const group of matching(root, "[data-choices-for]")) {
    if (group.dataset.ready) continue;
    group.dataset.ready = "yes";
    attachChoices(group);
  }
  for (const table of matching(root, "[data-rows-for]")) {
    if (table.dataset.ready) continue;
    table.dataset.ready = "yes";
    new Rows(table);
  }
});
