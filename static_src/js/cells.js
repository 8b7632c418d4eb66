// One cell: an input or textarea with data-report, data-key and data-revision, inside a .cell-box.

export const CELLS = "[data-report][data-key]";
const STATES = ["pending", "warning", "explained", "error", "conflict"];

export function cellId(cell) {
  return `${cell.dataset.report}|${cell.dataset.key}`;
}

/** Full-width digits, thousands separators and blanks as people type or paste them, made plain. */
export function plainNumber(text) {
  return text
    .replace(/[０-９．－]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replace(/。/g, ".")
    .replace(/[,，\s\u00a0]/g, "")
    .replace(/^[−–—]$/, "")
    .replace(/^−/, "-");
}

export function isNumeric(cell) {
  return cell.dataset.kind === "count" || cell.dataset.kind === "money";
}

export function valueOf(cell) {
  return isNumeric(cell) ? plainNumber(cell.value) : cell.value;
}

/** Whether a field stands otherwise than the server wrote it. */
export function isTouched(field) {
  if (field.tagName === "SELECT") {
    const written = Array.from(field.options).findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(written, 0);
  }
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

/** What can be told at once, before the server decides. */
export function localProblem(cell) {
  const value = valueOf(cell);
  if (!value || !isNumeric(cell)) return null;
  if (cell.dataset.kind === "count" && !/^\d{1,12}$/.test(value)) return "请填不小于 0 的整数，没有请填 0。";
  if (cell.dataset.kind === "money" && !/^\d{1,12}(\.\d{1,2})?$/.test(value)) return "请填不小于 0 的金额，最多两位小数。";
  return null;
}

export function problemsOf(cell) {
  return cell.dataset.problems ? JSON.parse(cell.dataset.problems) : [];
}

export function setProblems(cell, problems) {
  if (problems && problems.length) cell.dataset.problems = JSON.stringify(problems);
  else delete cell.dataset.problems;
  showState(cell);
}

export function setState(cell, state) {
  const box = cell.closest(".cell-box");
  if (!box) return;
  for (const name of STATES) box.classList.toggle(`is-${name}`, name === state);
  if (state === "error" || state === "conflict") cell.setAttribute("aria-invalid", "true");
  else cell.removeAttribute("aria-invalid");
}

/** Mark the cell by what is known of it: a conflict, its problems, or that it waits. */
export function showState(cell, isPending = false) {
  const problems = problemsOf(cell);
  if (cell.dataset.conflict) setState(cell, "conflict");
  else if (problems.some((problem) => problem.level === "error")) setState(cell, "error");
  else if (problems.length) setState(cell, cell.dataset.explanation ? "explained" : "warning");
  else setState(cell, isPending ? "pending" : "");
}

/** Change a cell as if it were typed, so that sums and saving hear of it. */
export function type(cell, value) {
  cell.value = value;
  cell.dispatchEvent(new Event("input", { bubbles: true }));
}
