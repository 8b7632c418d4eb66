// Pasting a block out of Excel or WPS. A first column of unit names decides the rows; otherwise the block starts here.
import { CELLS, isNumeric, plainNumber, type } from "./cells.js";
import { cellAt, positionOf } from "./grid-keys.js";
import { toast } from "./toasts.js";

/** Tab-separated text, with quoted cells, as rows of strings. */
export function parseBlock(text) {
  const rows = [[]];
  let value = "";
  let isQuoted = false;
  const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let index = 0; index < plain.length; index += 1) {
    const character = plain[index];
    if (isQuoted) {
      if (character !== '"') value += character;
      else if (plain[index + 1] === '"') {
        value += '"';
        index += 1;
      } else isQuoted = false;
    } else if (character === '"' && value === "") isQuoted = true;
    else if (character === "\t" || character === "\n") {
      rows[rows.length - 1].push(value);
      value = "";
      if (character === "\n") rows.push([]);
    } else value += character;
  }
  rows[rows.length - 1].push(value);
  return rows;
}

function bareName(name) {
  return name.replace(/\s/g, "").replace(/(人民政府|科学技术协会|科协)$/, "");
}

function sameUnit(label, name) {
  const [longer, shorter] = [bareName(label), bareName(name)];
  return longer === shorter || longer.replace(/(镇|乡|街道|街道办事处)$/, "") === shorter.replace(/(镇|乡|街道|街道办事处)$/, "");
}

/** Which grid row each line of the block goes to, when its first column names the units; else null. */
function rowsByName(table, block) {
  const names = block.map((line) => line[0].trim());
  if (block.some((line) => line.length < 2) || names.some((name) => !name || /^[\d.,，\s-]*$/.test(name))) return null;
  const lines = Array.from(table.tBodies[0].rows);
  const rows = names.map((name) => lines.findIndex((line) => sameUnit(line.dataset.rowLabel || "", name)));
  return rows.some((row) => row >= 0) ? rows : null;
}

function plan(table, start, block) {
  const named = rowsByName(table, block);
  const changes = [];
  const missed = [];
  let beyond = 0;
  block.forEach((line, offset) => {
    const row = named ? named[offset] : start.row + offset;
    if (named && row < 0) {
      missed.push(line[0].trim());
      return;
    }
    line.slice(named ? 1 : 0).forEach((text, shift) => {
      const cell = cellAt(table, row, start.column + shift);
      if (cell) changes.push({ cell, before: cell.value, after: isNumeric(cell) ? plainNumber(text) : text });
      else if (text.trim()) beyond += 1;
    });
  });
  return { changes, missed, beyond };
}

function report({ changes, missed, beyond }) {
  const words = [`已粘贴 ${changes.length} 格`];
  if (missed.length) words.push(`没有找到：${missed.slice(0, 5).join("、")}${missed.length > 5 ? ` 等 ${missed.length} 个` : ""}`);
  if (beyond) words.push(`${beyond} 格超出表格或不可填，未粘贴`);
  const undo = () => changes.forEach(({ cell, before }) => type(cell, before));
  toast(`${words.join("；")}。`, missed.length || beyond ? "warning" : "success", { label: "撤销粘贴", run: undo });
}

export function attachPaste(table) {
  table.addEventListener("paste", (event) => {
    if (!event.target.matches(CELLS)) return;
    const block = parseBlock(event.clipboardData.getData("text/plain"));
    if (block.length === 1 && block[0].length === 1) return;
    event.preventDefault();
    const planned = plan(table, positionOf(event.target), block);
    planned.changes.forEach(({ cell, after }) => type(cell, after));
    report(planned);
  });
}
