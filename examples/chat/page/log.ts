/** The conversation on the screen. */
export const LOG = /* js */ `
const MAX_SHOWN = 1_000;
const MAX_SEEN = 5_000;
const GROUP_MS = 5 * 60_000;
const AT_BOTTOM_PX = 48;

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** element("p", { className: "text" }, "words", child): children that are strings become text, never HTML. */
function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A colour for a name, the same on every screen. */
function hue(name) {
  let hash = 7;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) % 99_991;
  return Math.round(hash * 137.5) % 360;
}

function avatar(name) {
  const made = element("span", { className: "avatar", ariaHidden: "true" }, [...name][0].toUpperCase());
  made.style.setProperty("--hue", hue(name));
  return made;
}

function time(at) {
  const date = new Date(at);
  return element("time", { dateTime: date.toISOString(), title: calendar.format(date) }, clock.format(date));
}

function said(text, ...foot) {
  const words = element("p", { className: "text", dir: "auto" }, text);
  return element("div", { className: "said" }, words, element("p", { className: "foot" }, ...foot));
}

class Log {
  #scroller;
  #messages;
  #outbox;
  #empty;
  #newer;
  #seen = new Set();
  #last = null;
  #below = 0;
  #sizes = "";
  #stuck = true;

  constructor(ids) {
    this.#scroller = ids.scroller;
    this.#messages = ids.messages;
    this.#outbox = ids.outbox;
    this.#empty = ids.empty;
    this.#newer = ids.newer;
    this.#scroller.onscroll = () => this.#scrolled();
    this.#newer.onclick = () => this.toBottom();
    const sizes = new ResizeObserver(() => this.#stuck && this.toBottom());
    for (const sized of [this.#scroller, this.#messages, this.#outbox]) sizes.observe(sized);
  }

  clear() {
    this.#messages.replaceChildren();
    this.#outbox.replaceChildren();
    this.#seen.clear();
    this.#last = null;
    this.#empty.hidden = false;
    this.toBottom();
  }

  /** A message of the room; false if it was here already. */
  message({ id, from, text, at }, mine) {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#seen.size > MAX_SEEN) this.#seen.delete(this.#seen.values().next().value);
    const last = this.#last;
    const follows = last !== null && last.from.id === from.id && at - last.at < GROUP_MS;
    this.#last = { from, at };
    const by = element("p", { className: follows || mine ? "unseen" : "by" });
    by.append(element("bdi", {}, mine ? "You" : from.name), " ");
    by.style.setProperty("--hue", hue(from.name));
    const bubble = element("div", { className: "bubble" }, by, said(text, time(at)));
    const kind = "message" + (mine ? " mine" : "") + (follows ? " follows" : "");
    this.#add(element("div", { className: kind }, ...(mine ? [] : [avatar(from.name)]), bubble), !mine);
    return true;
  }

  /** Something that happened, in the page's own words. */
  note(parts, at) {
    this.#last = null;
    this.#add(element("p", { className: "note" }, ...parts, " ", time(at)), false);
  }

  /** One that the room has not confirmed; take() is called when its author wants it back. */
  waiting(item, online, take) {
    const refused = item.error !== "";
    const sending = online && !refused;
    const state = refused ? "Not sent: " + item.error : sending ? "Sending…" : "Not sent yet";
    const edit = element("button", { type: "button", onclick: take }, "Edit");
    const bubble = element(
      "div",
      { className: "bubble" },
      said(item.text, state, ...(sending ? [] : [" ", edit])),
    );
    const kind = "message mine " + (refused ? "refused" : sending ? "waiting sending" : "waiting");
    const made = element("div", { className: kind }, bubble);
    made.dataset.id = item.id;
    const before = this.#waiting(item.id);
    if (before?.textContent === made.textContent) return;
    if (before) before.replaceWith(made);
    else this.#outbox.append(made);
    this.#empty.hidden = true;
    if (this.#stuck) this.toBottom();
  }

  settled(id) {
    this.#waiting(id)?.remove();
  }

  #waiting(id) {
    return [...this.#outbox.children].find((child) => child.dataset.id === id);
  }

  toBottom() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#sizes = this.#measure();
    this.#scrolled();
  }

  #measure() {
    return this.#scroller.scrollHeight + "/" + this.#scroller.clientHeight;
  }

  #add(item, counts) {
    const stuck = this.#stuck;
    this.#empty.hidden = true;
    this.#messages.append(item);
    // The oldest go; what was scrolled to stays in place, as browsers anchor it.
    while (this.#messages.children.length > MAX_SHOWN) this.#messages.firstChild.remove();
    if (stuck) this.toBottom();
    else if (counts) this.#showNewer(this.#below + 1);
  }

  #scrolled() {
    // A keyboard that opens, or a line that wraps, scrolls too: only the reader's own scrolling counts.
    if (this.#stuck && this.#sizes !== this.#measure()) return this.toBottom();
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#stuck = scrollHeight - scrollTop - clientHeight <= AT_BOTTOM_PX;
    if (this.#stuck) this.#showNewer(0);
  }

  #showNewer(count) {
    this.#below = count;
    const focused = document.activeElement === this.#newer;
    this.#newer.textContent = count === 1 ? "1 new message ↓" : count + " new messages ↓";
    this.#newer.hidden = count === 0;
    if (focused && count === 0) this.#scroller.focus();
  }
}
`;
