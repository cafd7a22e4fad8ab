/** A WebSocket that comes back by itself. */
export const LINK = /* js */ String.raw`
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const ANSWER_MS = 10_000; // the room answers everything at once, so a longer silence means a dead line
const STEADY_MS = 5_000; // a connection that lived this long was a good one

class Link {
  #url;
  #phase;
  #message;
  #socket = null;
  #timer = 0;
  #failures = 0;
  #welcomedAt = 0;
  #listeners = new AbortController();

  /** From then on calls phase({ name: "connecting" | "online" | "waiting", until? }) and message(value). */
  constructor(url, phase, message) {
    this.#url = url;
    this.#phase = phase;
    this.#message = message;
    const { signal } = this.#listeners;
    addEventListener("online", () => this.#wake(), { signal });
    addEventListener("offline", () => this.send({ type: "ping" }), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake(), { signal });
    this.connect();
  }

  /** Tries now, whatever it was doing. */
  connect() {
    this.#drop();
    this.#phase({ name: "connecting" });
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#lost(event.reason);
    this.#expectAnswer();
  }

  /** False if there is no connection: nothing was sent. */
  send(value) {
    if (this.#welcomedAt === 0 || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(value));
    if (this.#timer === 0) this.#expectAnswer();
    return true;
  }

  stop() {
    this.#listeners.abort();
    this.#drop();
  }

  // The network came back, or the page was asleep: no wait any more, and is the connection what it seems?
  #wake() {
    if (this.#socket === null) this.connect();
    else this.send({ type: "ping" });
  }

  #expectAnswer() {
    this.#timer = setTimeout(() => this.#lost(""), ANSWER_MS);
  }

  #receive(data) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const value = JSON.parse(data);
    if (value.type === "welcome") {
      this.#welcomedAt = Date.now();
      this.#message(value);
      this.#phase({ name: "online" });
    } else if (value.type !== "pong") {
      this.#message(value);
    }
  }

  #lost(reason) {
    const steady = this.#welcomedAt !== 0 && Date.now() - this.#welcomedAt >= STEADY_MS;
    this.#failures = steady ? 0 : this.#failures + 1;
    this.#drop();
    // Full jitter: many pages that lost the same server do not come back in step.
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    const asked = /^retry=(\d{1,6})$/.exec(reason); // a server that goes away may say when to come back
    const wait = (asked ? Number(asked[1]) : 0) + Math.random() * longest;
    this.#timer = setTimeout(() => this.connect(), wait);
    this.#phase({ name: "waiting", until: Date.now() + wait });
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#welcomedAt = 0;
    if (this.#socket === null) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }
}
`;
