// Saves cells as they are typed. Nothing typed is ever lost: what the server has not taken stays queued here.
import { CELLS, cellId, isTouched, localProblem, setProblems, showState, valueOf } from "./cells.js";
import { Panel } from "./cell-panel.js";
import { make, meta } from "./page.js";
import { Queue } from "./queue.js";

const PAUSE = 700;
const RETRIES = [3000, 8000, 20000, 60000];
const BATCH = 200;

export class Autosave {
  constructor(area) {
    this.area = area;
    this.url = area.dataset.autosaveUrl;
    this.queue = new Queue(area.dataset.autosaveUser, area.dataset.autosaveScope);
    this.status = area.querySelector("[data-autosave-status]");
    this.panel = new Panel(area, this);
    this.failures = 0;
    this.isExpired = false;
    this.told = new Map();
    this.listen();
    this.catchUp();
    for (const cell of this.cells()) showState(cell, this.queue.get(cellId(cell)) !== undefined);
    this.sayStanding();
    if (this.queue.sendable().length) this.schedule(0);
  }

  cells() {
    return this.area.querySelectorAll(CELLS);
  }

  cell(id) {
    const [report, key] = id.split("|");
    return this.area.querySelector(`[data-report="${CSS.escape(report)}"][data-key="${CSS.escape(key)}"]`);
  }

  listen() {
    this.area.addEventListener("input", (event) => event.target.matches(CELLS) && this.typed(event.target));
    this.area.addEventListener("change", (event) => event.target.matches(CELLS) && this.settled(event.target));
    window.addEventListener("online", () => this.schedule(0));
    window.addEventListener("offline", () => this.queue.size && this.say("offline"));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.send(true));
    window.addEventListener("pagehide", () => this.send(true));
    window.addEventListener("beforeunload", (event) => {
      if (this.queue.size && !this.queue.isKept) event.preventDefault();
    });
  }

  typed(cell) {
    delete cell.dataset.conflict;
    this.enqueue(cell);
  }

  settled(cell) {
    const plain = valueOf(cell);
    if (cell.value !== plain) cell.value = plain;
    this.schedule(0);
  }

  /** Put a cell's present value, explanation and revision in the queue and save soon. */
  enqueue(cell) {
    const problem = localProblem(cell);
    setProblems(cell, problem ? [{ level: "error", code: "not_a_number", message: problem }] : []);
    this.queue.put(cellId(cell), {
      value: valueOf(cell),
      explanation: cell.dataset.explanation || null,
      revision: Number(cell.dataset.revision),
      held: Boolean(problem),
      problems: problemsBefore(cell),
    });
    showState(cell, true);
    if (problem) this.panel.show(cell);
    this.say(this.isExpired ? "expired" : navigator.onLine === false ? "offline" : "saving");
    this.schedule(PAUSE);
  }

  /** What was typed while this script was still on its way, and what an earlier visit could not save. */
  catchUp() {
    const early = Array.from(this.cells()).filter(isTouched);
    // The page before this one may have sent them on leaving, too late for this one to show.
    for (const [id, entry] of this.queue.entries) this.told.set(id, [entry.value]);
    this.restore(new Set(early.map(cellId)));
    for (const cell of early) this.enqueue(cell);
  }

  /** What an earlier visit could not save comes back into its cells, but not over what was typed since. */
  restore(typed) {
    for (const [id, entry] of Array.from(this.queue.entries)) {
      const cell = this.cell(id);
      if (!cell || typed.has(id)) continue;
      if (valueOf(cell) === entry.value && (cell.dataset.explanation || null) === (entry.explanation || null)) {
        this.queue.remove(id);
      } else if (Number(cell.dataset.revision) > entry.revision) {
        this.conflict(cell, { value: cell.value, revision: Number(cell.dataset.revision), by: "他人" }, entry.value);
      } else {
        cell.value = entry.value;
        if (entry.explanation) cell.dataset.explanation = entry.explanation;
        if (entry.held) setProblems(cell, entry.problems);
        cell.dispatchEvent(new Event("kexie:restored", { bubbles: true }));
      }
    }
  }

  schedule(wait) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.send(), wait);
  }

  /** Save everything sendable; resolves to how many cells remain unsaved. */
  async flush() {
    window.clearTimeout(this.timer);
    for (let round = 0; round < 20 && this.queue.sendable().length; round += 1) {
      if (this.sending) await this.sending;
      else if (!(await this.send())) break;
    }
    return this.queue.size;
  }

  send(isLeaving = false) {
    const batch = this.queue.sendable().slice(0, BATCH);
    if (!batch.length || (this.sending && !isLeaving)) return this.sending || Promise.resolve(false);
    this.say("saving");
    this.sending = this.post(batch, isLeaving).finally(() => {
      this.sending = null;
      if (!this.isExpired && !this.failures && this.queue.sendable().length) this.schedule(PAUSE);
    });
    return this.sending;
  }

  async post(batch, isLeaving) {
    const cells = batch.map(([id, entry]) => {
      const [report, key] = id.split("|");
      this.told.set(id, [...(this.told.get(id) || []), entry.value].slice(-5));
      const { value, explanation, revision } = entry;
      return { report: Number(report), key, value, explanation, revision };
    });
    let response;
    try {
      response = await fetch(this.url, {
        method: "POST",
        credentials: "same-origin",
        redirect: "manual",
        keepalive: isLeaving,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": meta("csrf-token"), "X-Requested-With": "XMLHttpRequest" },
        body: JSON.stringify({ cells }),
      });
    } catch (lost) {
      return this.retryLater("offline");
    }
    return this.answered(response, batch);
  }

  async answered(response, batch) {
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
      this.isExpired = true;
      this.say("expired");
      return false;
    }
    if (![200, 409, 422].includes(response.status)) return this.retryLater(response.status >= 500 || response.status === 429 ? "busy" : "refused");
    let answer;
    try {
      answer = await response.json();
    } catch (unreadable) {
      return this.retryLater("busy");
    }
    this.failures = 0;
    this.isExpired = false;
    this.take(answer, new Map(batch));
    return true;
  }

  retryLater(state) {
    const wait = RETRIES[Math.min(this.failures, RETRIES.length - 1)];
    this.failures += 1;
    this.say(state);
    this.schedule(wait);
    return false;
  }

  /** Put the server's answer on the page, cell by cell. */
  take(answer, sent) {
    for (const saved of answer.cells || []) this.takeCell(saved, sent);
    for (const theirs of answer.conflicts || []) this.takeConflict(theirs, sent);
    for (const [id, entry] of sent) this.holdUnanswered(id, entry, answer);
    this.showSums(answer);
    this.showResults(answer);
    this.area.dispatchEvent(new CustomEvent("kexie:saved", { bubbles: true, detail: answer }));
    this.sayResult(answer);
    this.panel.refresh();
  }

  takeCell(saved, sent) {
    const id = `${saved.report}|${saved.key}`;
    const cell = this.cell(id);
    const problems = saved.problems || [];
    const isRefused = problems.some((problem) => problem.level === "error") && saved.saved !== true;
    const waiting = this.queue.get(id);
    const isStillSame = waiting && sent.has(id) && waiting.at === sent.get(id).at;
    if (cell && saved.revision !== undefined) cell.dataset.revision = saved.revision;
    if (isStillSame) {
      if (isRefused) this.queue.put(id, { ...waiting, held: true, problems });
      else this.queue.remove(id);
    } else if (waiting && saved.revision !== undefined) {
      this.queue.put(id, { ...waiting, revision: saved.revision });
    }
    if (cell && (isStillSame || !waiting)) {
      setProblems(cell, problems);
    }
  }

  takeConflict(theirs, sent) {
    const id = `${theirs.report}|${theirs.key}`;
    const cell = this.cell(id);
    const waiting = this.queue.get(id) || sent.get(id);
    if (!cell || !waiting) return;
    const stored = String(theirs.value === null ? "" : theirs.value);
    const isSettled = stored === waiting.value;
    if (!isSettled && !this.isMyOwn(id, stored)) {
      this.conflict(cell, theirs, waiting.value);
      return;
    }
    cell.dataset.revision = theirs.revision;
    if (isSettled) this.queue.remove(id);
    else this.queue.put(id, { ...waiting, revision: theirs.revision });
    showState(cell, !isSettled);
  }

  /** Whether the stored value is one that was sent from here before, by two requests under way at once. */
  isMyOwn(id, stored) {
    return (this.told.get(id) || []).slice(0, -1).includes(stored);
  }

  /** A refusal that names no cell (422, 409) keeps the values and stops sending them again and again. */
  holdUnanswered(id, entry, answer) {
    const waiting = this.queue.get(id);
    if (!waiting || waiting.held || waiting.at !== entry.at) return;
    const named = [...(answer.cells || []), ...(answer.conflicts || [])].some((cell) => `${cell.report}|${cell.key}` === id);
    if (named) return;
    const problems = (answer.problems || []).map((problem) => ({ level: "error", ...problem }));
    const words = problems.length ? problems : [{ level: "error", code: "unsaved", message: "这一格没有保存成功，请刷新页面后再试。" }];
    this.queue.put(id, { ...waiting, held: true, problems: words });
    const cell = this.cell(id);
    if (cell) setProblems(cell, words);
  }

  conflict(cell, theirs, mine) {
    const id = cellId(cell);
    cell.value = mine;
    cell.dataset.conflict = JSON.stringify({ value: theirs.value, revision: theirs.revision, by: theirs.by });
    this.queue.put(id, { ...(this.queue.get(id) || {}), value: mine, revision: theirs.revision, held: true });
    showState(cell);
    this.say("conflict");
    if (document.activeElement === cell) this.panel.show(cell);
  }

  /** Settle a conflict for `mine` or for theirs. */
  settle(cell, isMine) {
    const theirs = JSON.parse(cell.dataset.conflict);
    delete cell.dataset.conflict;
    cell.dataset.revision = theirs.revision;
    if (isMine) {
      this.enqueue(cell);
      this.schedule(0);
    } else {
      cell.value = theirs.value === null ? "" : theirs.value;
      this.queue.remove(cellId(cell));
      setProblems(cell, []);
      cell.dispatchEvent(new Event("kexie:restored", { bubbles: true }));
      this.sayResult({});
    }
    this.area.dispatchEvent(new CustomEvent("kexie:settled", { bubbles: true }));
  }

  explain(cell, words) {
    if (words) cell.dataset.explanation = words;
    else delete cell.dataset.explanation;
    const problems = problemsBefore(cell);
    this.enqueue(cell);
    if (!localProblem(cell)) setProblems(cell, problems);
    this.schedule(0);
  }

  showSums(answer) {
    const sums = Object.assign({}, answer.sums, ...(answer.cells || []).map((cell) => cell.sum || {}));
    for (const [key, value] of Object.entries(sums)) {
      for (const place of document.querySelectorAll(`[data-sum-for="${CSS.escape(key)}"]`)) {
        place.textContent = value === null ? "—" : Number(value).toLocaleString("zh-CN");
      }
    }
  }

  /** What formulas give, as it moves with the cells. */
  showResults(answer) {
    for (const { report, key, value } of answer.results || []) {
      for (const place of this.area.querySelectorAll(`[data-result="${CSS.escape(`${report}|${key}`)}"]`)) {
        place.textContent = value === null ? "—" : Number(value).toLocaleString("zh-CN");
      }
    }
  }

  counted() {
    const count = (state) => this.area.querySelectorAll(`.cell-box.is-${state}`).length;
    return { conflicts: count("conflict"), refused: count("error"), odd: count("warning") };
  }

  /** What an earlier visit left to do, before anything is typed. */
  sayStanding() {
    const { conflicts, refused, odd } = this.counted();
    if (conflicts) this.say("conflict", conflicts);
    else if (refused) this.say("problem", refused);
    else if (odd) this.say("odd", odd);
  }

  sayResult(answer) {
    const { conflicts, refused, odd } = this.counted();
    if (answer.saved_at) this.savedAt = new Date(answer.saved_at);
    if (conflicts) this.say("conflict", conflicts);
    else if (refused) this.say("problem", refused);
    else if (this.queue.sendable().length) this.say("saving");
    else this.say("saved", odd);
  }

  say(state, count = 0) {
    if (!this.status) return;
    const words = this.status.querySelector("[data-autosave-words]");
    this.status.dataset.state = state;
    words.textContent = sentence(state, count, this.savedAt, this.queue.isKept !== false);
    if (state === "expired") words.append(make("a", { href: window.location.href, class: "ms-2" }, "重新登录"));
    if (count) words.append(this.finder());
  }

  /** A button that goes to the first cell that wants attention, the worst first. */
  finder() {
    const button = make("button", { class: "btn btn-quiet btn-sm ms-2", type: "button" }, "去处理");
    button.addEventListener("click", () => {
      const states = ["is-conflict", "is-error", "is-warning"];
      const boxes = states.map((state) => this.area.querySelector(`.cell-box.${state}`)).filter(Boolean);
      const cell = boxes.length && boxes[0].querySelector(CELLS);
      if (!cell) return;
      const place = cell.closest("[data-answer]") || cell;
      place.scrollIntoView({ block: "center", inline: "center" });
      place.focus();
    });
    return button;
  }
}

function problemsBefore(cell) {
  return cell.dataset.problems ? JSON.parse(cell.dataset.problems) : [];
}

function sentence(state, count, savedAt, isKept) {
  const kept = isKept ? "已暂存在本机" : "请勿关闭页面";
  const time = savedAt ? savedAt.toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" }) : "";
  return {
    saving: "正在保存",
    saved: `已保存 ${time}${count ? `，${count} 格数值异常，需要写一句说明` : ""}`,
    offline: `网络中断，${kept}，联网后自动续存`,
    busy: `系统繁忙，${kept}，稍后自动续存`,
    refused: `没有保存成功，${kept}，请刷新页面`,
    expired: `登录已过期，${kept}，重新登录后自动续存`,
    problem: `${count} 格需要改正${time ? `，其余已保存 ${time}` : ""}`,
    odd: `${count} 格数值异常，需要写一句说明`,
    conflict: `${count || 1} 格与他人填写的不一致，请选择`,
  }[state];
}
