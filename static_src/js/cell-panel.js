// The small panel at the cell in hand: what is wrong, what stood there before, an explanation, a conflict's two values.
import { CELLS, problemsOf } from "./cells.js";
import { make } from "./page.js";

function button(label, run, isPrimary) {
  const element = make("button", { class: `btn btn-sm ${isPrimary ? "btn-primary" : "btn-quiet"} me-2`, type: "button" }, label);
  element.addEventListener("click", run);
  return element;
}

/** The cell that an element belongs to: itself, or the hidden one of an answer of several fields. */
function cellAt(target) {
  if (target.matches(CELLS)) return target;
  const answer = target.closest("[data-answer]");
  return answer && answer.querySelector(CELLS);
}

/** A value as it is said: options by name, a table by its number of rows. */
function wordsOf(cell, value) {
  if (value === null || value === "") return "空";
  if (cell.dataset.kind === "table") return `${JSON.parse(value).length} 行`;
  const answer = cell.closest("[data-answer]");
  if (!answer || cell.dataset.kind === "date") return String(value);
  const names = Array.from(answer.querySelectorAll("option, [data-choices-for] input"), (one) => [one.value, one.text || one.parentElement.textContent]);
  return value.split(",").map((key) => (names.find(([known]) => known === key) || [key, key])[1]).join("、");
}

export class Panel {
  constructor(area, saver) {
    this.area = area;
    this.saver = saver;
    this.cell = null;
    this.element = make("div", { class: "cell-panel", role: "group", "aria-label": "本格提示", hidden: "" });
    document.body.append(this.element);
    area.addEventListener("focusin", (event) => this.focused(event.target));
    document.addEventListener("focusin", (event) => this.hideOutside(event.target));
    document.addEventListener("mousedown", (event) => this.hideOutside(event.target));
    document.addEventListener("keydown", (event) => this.keyed(event));
    window.addEventListener("resize", () => this.place());
    window.addEventListener("scroll", () => this.place(), { capture: true, passive: true });
  }

  focused(target) {
    const cell = cellAt(target);
    if (!cell) {
      this.hide();
      return;
    }
    this.tellBeside(cell);
    this.show(cell);
  }

  keyed(event) {
    if (event.key === "Escape" && this.element.contains(document.activeElement)) {
      this.cell.focus();
      this.hide();
    }
  }

  hideOutside(target) {
    if (!this.area.contains(target) && !this.element.contains(target)) this.hide();
  }

  hide() {
    this.element.hidden = true;
    this.element.removeAttribute("id");
    if (this.cell) this.cell.removeAttribute("aria-describedby");
    this.cell = null;
  }

  /** Say anew what is known of the cell in hand; an explanation being typed is left alone. */
  refresh() {
    const inHand = document.activeElement;
    const cell = this.area.contains(inHand) && cellAt(inHand);
    if (cell) this.show(cell);
  }

  /** Show what there is to say about a cell; nothing to say, no panel. */
  show(cell) {
    const parts = this.parts(cell);
    if (!parts.length) {
      this.hide();
      return;
    }
    this.cell = cell;
    this.element.id = "cell-panel";
    cell.setAttribute("aria-describedby", "cell-panel");
    this.element.textContent = "";
    this.element.append(...parts);
    this.element.hidden = false;
    this.place();
  }

  parts(cell) {
    const parts = [];
    const problems = problemsOf(cell);
    const isError = Boolean(cell.dataset.conflict) || problems.some((problem) => problem.level === "error");
    this.element.classList.toggle("tone-danger", isError);
    this.element.classList.toggle("tone-warning", !isError && problems.length > 0);
    if (cell.dataset.conflict) parts.push(...this.conflictParts(cell));
    if (cell.dataset.contested) parts.push(...this.contestedParts(cell));
    for (const problem of problems) parts.push(make("p", { class: "cell-panel-head" }, problem.message));
    if (!isError && problems.length) parts.push(this.explanation(cell));
    return parts;
  }

  conflictParts(cell) {
    const theirs = JSON.parse(cell.dataset.conflict);
    const values = make("p", { class: "cell-compare" }, make("span", {}, "我的 ", make("b", {}, wordsOf(cell, cell.value))), make("span", {}, "对方的 ", make("b", {}, wordsOf(cell, theirs.value))));
    const settle = (isMine) => {
      const { saver } = this;
      saver.settle(cell, isMine);
      cell.focus();
      this.show(cell);
    };
    return [
      make("p", { class: "cell-panel-head" }, `${theirs.by || "他人"}已改过这一格`),
      values,
      make("div", {}, button("用我的", () => settle(true), true), button("用对方的", () => settle(false), false)),
    ];
  }

  /** Somebody else typed another value over mine and has not chosen yet: both values, to me as well. */
  contestedParts(cell) {
    const theirs = JSON.parse(cell.dataset.contested);
    const values = make("p", { class: "cell-compare" }, make("span", {}, "已保存 ", make("b", {}, cell.value || "空")), make("span", {}, `${theirs.by} `, make("b", {}, theirs.value || "空")));
    const take = () => {
      delete cell.dataset.contested;
      cell.closest(".cell-box").classList.remove("is-contested");
      cell.value = theirs.value;
      this.saver.enqueue(cell);
      this.saver.schedule(0);
      cell.focus();
      this.show(cell);
    };
    return [make("p", { class: "cell-panel-head" }, `${theirs.by}填的与这一格不同，正在核对`), values, make("div", {}, button("改用对方的", take, false))];
  }

  explanation(cell) {
    const id = `explain-${cell.dataset.report}-${cell.dataset.key}`;
    const input = make("input", { class: "form-control form-control-sm mb-2", id, maxlength: "200", placeholder: "例如：科普日集中开展" });
    input.value = cell.dataset.explanation || "";
    const save = () => {
      this.saver.explain(cell, input.value.trim());
      cell.focus();
    };
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      save();
    });
    return make("div", {}, make("label", { class: "form-label", for: id }, "数值属实的，写一句说明即可"), input, button("保存说明", save, true));
  }

  /** What stood in this cell last month and last year, on the line above the grid. */
  tellBeside(cell) {
    const place = this.area.querySelector("[data-cell-beside]");
    if (!place || cell.closest("[data-figure-list]") || cell.dataset.last === undefined) return;
    place.textContent = `${cell.getAttribute("aria-label")}：上月 ${cell.dataset.last}，去年同月 ${cell.dataset.lastYear}`;
  }

  place() {
    if (!this.cell || this.element.hidden) return;
    const around = (this.cell.closest("[data-answer]") || this.cell).getBoundingClientRect();
    const own = this.element.getBoundingClientRect();
    const isBelow = around.bottom + own.height + 8 < window.innerHeight;
    const top = isBelow ? around.bottom + 6 : around.top - own.height - 6;
    const left = Math.min(Math.max(8, around.right - own.width), document.documentElement.clientWidth - own.width - 8);
    this.element.style.top = `${Math.max(60, top) + window.scrollY}px`;
    this.element.style.left = `${left + window.scrollX}px`;
  }
}
