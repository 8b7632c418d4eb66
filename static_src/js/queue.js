// What is typed and not yet saved, kept on this device per person and typing area until the server has it.

const KEPT_DAYS = 40;

function readStore(key) {
  try {
    return JSON.parse(window.localStorage.getItem(key)) || {};
  } catch (unreadable) {
    return {};
  }
}

export class Queue {
  constructor(user, scope) {
    this.key = `kexie:typed:${user}:${scope}`;
    this.entries = new Map(Object.entries(readStore(this.key)));
    this.forgetOld();
  }

  put(id, entry) {
    this.entries.set(id, { ...entry, at: Date.now() });
    this.store();
  }

  get(id) {
    return this.entries.get(id);
  }

  remove(id) {
    if (this.entries.delete(id)) this.store();
  }

  /** Entries to send: everything not held back by a refusal or a conflict. */
  sendable() {
    return Array.from(this.entries).filter(([, entry]) => !entry.held);
  }

  get size() {
    return this.entries.size;
  }

  forgetOld() {
    const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
    for (const [id, entry] of this.entries) if (entry.at < oldest) this.entries.delete(id);
  }

  /** A full or forbidden store must not stop the typing: the cells are still on the page. */
  store() {
    try {
      if (this.entries.size) window.localStorage.setItem(this.key, JSON.stringify(Object.fromEntries(this.entries)));
      else window.localStorage.removeItem(this.key);
      this.isKept = true;
    } catch (refused) {
      this.isKept = false;
    }
  }
}
