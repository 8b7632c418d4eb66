// Two people at one desk see each other: who is here, in which cell, what they wrote, and what they contest.
import { cellId, CELLS, setProblems, showState } from "./cells.js";
import { meta } from "./page.js";

const ALONE = 20000;
const TOGETHER = 4000;
const SOON = 600;

export class Presence {
  constructor(area, saver) {
    this.area = area;
    this.saver = saver;
    this.url = area.dataset.presenceUrl;
    this.place = area.dataset.presencePlace || "";
    this.tab = Math.random().toString(36).slice(2, 10);
    this.bar = area.querySelector("[data-presence]");
    this.since = "";
    this.people = [];
    this.inHand = "";
    this.listen();
    this.schedule(SOON);
  }

  listen() {
    this.area.addEventListener("focusin", (event) => this.moved(event.target.matches(CELLS) ? cellId(event.target) : ""));
    this.area.addEventListener("kexie:saved", (event) => (event.detail.conflicts || []).length && this.schedule(0));
    this.area.addEventListener("kexie:settled", () => this.schedule(0));
    document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? this.stop() : this.schedule(0)));
    window.addEventListener("pagehide", () => this.look(true));
  }

  moved(id) {
    this.inHand = id;
    if (this.people.length) this.schedule(SOON);
  }

  schedule(wait) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.look(), wait);
  }

  stop() {
    window.clearTimeout(this.timer);
  }

  /** Any report of the page: they all lie on one desk. */
  get report() {
    const cell = this.area.querySelector(CELLS);
    return cell ? Number(cell.dataset.report) : 0;
  }

  contested() {
    return Array.from(this.area.querySelectorAll("[data-conflict]"), (cell) => ({ report: Number(cell.dataset.report), key: cell.dataset.key, value: cell.value }));
  }

  async look(isLeaving = false) {
    if (!this.report) return;
    const said = { report: this.report, tab: this.tab, place: this.place, cell: this.inHand, contested: this.contested(), since: this.since, leaving: isLeaving };
    try {
      const response = await fetch(this.url, {
        method: "POST",
        credentials: "same-origin",
        redirect: "manual",
        keepalive: isLeaving,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": meta("csrf-token"), "X-Requested-With": "XMLHttpRequest" },
        body: JSON.stringify(said),
      });
      if (isLeaving) return;
      if (response.ok) this.take(await response.json());
      else if (response.status < 500 && response.status !== 429) return;
    } catch (lost) {
      if (isLeaving) return;
    }
    if (document.visibilityState !== "hidden") this.schedule(this.people.length ? TOGETHER : ALONE);
  }

  take(answer) {
    this.since = answer.now;
    this.people = answer.people;
    for (const written of answer.cells) this.takeCell(written);
    this.markCells();
    this.markContested(answer.contested);
    this.tell();
  }

  /** What somebody else wrote comes into a cell that is not being changed here. */
  takeCell(written) {
    const id = `${written.report}|${written.key}`;
    const cell = this.saver.cell(id);
    if (!cell || written.revision <= Number(cell.dataset.revision)) return;
    const waiting = this.saver.queue.get(id);
    if (waiting && waiting.value !== written.value) {
      if (cell.dataset.conflict) this.saver.conflict(cell, written, waiting.value);
      return;
    }
    if (waiting) this.saver.queue.remove(id);
    delete cell.dataset.conflict;
    cell.dataset.revision = written.revision;
    cell.value = written.value;
    if (written.explanation) cell.dataset.explanation = written.explanation;
    else delete cell.dataset.explanation;
    setProblems(cell, []);
    showState(cell);
    cell.dispatchEvent(new Event("kexie:restored", { bubbles: true }));
    this.saver.sayResult({});
  }

  markCells() {
    const here = new Map(this.people.filter((one) => one.cell).map((one) => [one.cell, one.name]));
    for (const box of this.area.querySelectorAll(".cell-box[data-here]")) box.removeAttribute("data-here");
    for (const [id, name] of here) {
      const cell = this.saver.cell(id);
      const box = cell && cell.closest(".cell-box");
      if (box) box.dataset.here = name;
    }
  }

  /** A value that another typed over mine is shown to me as well. */
  markContested(contested) {
    const now = new Map(contested.map((one) => [`${one.report}|${one.key}`, one]));
    for (const cell of this.area.querySelectorAll("[data-contested]")) {
      if (now.has(cellId(cell))) continue;
      delete cell.dataset.contested;
      cell.closest(".cell-box").classList.remove("is-contested");
    }
    for (const [id, one] of now) {
      const cell = this.saver.cell(id);
      if (!cell || cell.dataset.conflict || cell.value === one.value) continue;
      cell.dataset.contested = JSON.stringify({ value: one.value, by: one.by });
      cell.closest(".cell-box").classList.add("is-contested");
    }
    this.saver.panel.refresh();
  }

  tell() {
    if (!this.bar) return;
    const contested = this.area.querySelectorAll("[data-contested]").length;
    const words = this.people.map((one) => {
      const cell = one.cell && this.saver.cell(one.cell);
      const where = cell ? labelOf(cell) : one.place;
      return where ? `${one.name}（${where}）` : one.name;
    });
    this.bar.hidden = !words.length;
    const text = words.length ? `${words.join("、")}也在填写${contested ? `；${contested} 格两人填得不一样` : ""}` : "";
    const place = this.bar.querySelector("[data-presence-words]");
    if (place.textContent !== text) place.textContent = text;
  }
}

function labelOf(cell) {
  const label = cell.getAttribute("aria-label") || (cell.labels && cell.labels[0] && cell.labels[0].firstChild.textContent) || "";
  return label.trim().slice(0, 30);
}
