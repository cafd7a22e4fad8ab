/** What was written and has not come back from the room: kept through a reload, for each room. */
export const OUTBOX = /* js */ `
const MAX_WAITING = 100;

/** Storage that may be forbidden or full: the page then works without a memory. */
const memory = {
  read(area, key) {
    try {
      return window[area].getItem("wirehall-chat." + key);
    } catch {
      return null;
    }
  },
  write(area, key, value) {
    try {
      window[area].setItem("wirehall-chat." + key, value);
    } catch {}
  },
};

class Outbox {
  #key;
  #items;

  constructor(room) {
    this.#key = "outbox." + room;
    try {
      this.#items = JSON.parse(memory.read("sessionStorage", this.#key)) ?? [];
    } catch {
      this.#items = [];
    }
  }

  get items() {
    return this.#items;
  }

  get full() {
    return this.#items.length >= MAX_WAITING;
  }

  add(text) {
    const random = crypto.getRandomValues(new Uint8Array(16));
    const id = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const item = { id, text, error: "" };
    this.#items.push(item);
    this.#save();
    return item;
  }

  /** The room did not take it: it stays, and is not sent again. */
  refuse(id, error) {
    const item = this.#items.find((each) => each.id === id);
    if (item === undefined) return undefined;
    item.error = error;
    this.#save();
    return item;
  }

  /** True if it was there. */
  remove(id) {
    const before = this.#items.length;
    this.#items = this.#items.filter((item) => item.id !== id);
    this.#save();
    return this.#items.length < before;
  }

  #save() {
    memory.write("sessionStorage", this.#key, JSON.stringify(this.#items));
  }
}
`;
