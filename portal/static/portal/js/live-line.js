// One socket a page. It hears "something new in this stream, number 813" and nothing else; everything is then fetched over
// HTTP. Losing it loses nothing: whoever listens asks again for what came after the last number he has.
//
// Events: "ring" (detail {stream, n}; stream "*" means anything may be new), and "state", when `state` has changed:
//   "opening"  not heard yet          "live"      open
//   "lost"     was open, is not       "never"     cannot be opened here     "stopped"   will not be opened again
// `code` is what it was last closed with by the server; 0 while it is open, and where the server said nothing.
const BACKOFF = [1, 2, 5, 10, 30];
// What the server closes with (notifications/live.py).
export const BEGIN_AGAIN = 4000;
export const SIGNED_OUT = 4401;
export const ENDED = 4403;
const GONE = new Set([4400, SIGNED_OUT, ENDED, 4429]);
const LOOK_EVERY = 5_000;
const ASLEEP = 30_000;

class Line extends EventTarget {
  state = "opening";
  code = 0;
  #socket = null;
  #failures = 0;
  #timer = 0;

  constructor() {
    super();
    addEventListener("online", () => this.#again());
    addEventListener("offline", () => this.#socket?.close());
    addEventListener("pagehide", () => this.#hangUp());
    addEventListener("pageshow", (event) => event.persisted && this.#again());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.state !== "live") this.#again();
    });
    this.#watchForSleep();
    this.#open();
  }

  stop() {
    this.#set("stopped");
    this.#hangUp();
  }

  #open() {
    if (this.#socket || this.state === "stopped") return;
    const socket = new WebSocket(new URL("/ws/", location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#failures = 0;
      this.#set("live", 0);
    });
    socket.addEventListener("message", (event) => {
      const { stream, n } = JSON.parse(event.data);
      this.dispatchEvent(new CustomEvent("ring", { detail: { stream, n } }));
    });
    socket.addEventListener("close", (event) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      const code = event.code >= 4000 ? event.code : 0;
      if (GONE.has(event.code)) return this.#set("stopped", code);
      this.#set(this.state === "live" || this.state === "lost" ? "lost" : "never", code);
      const wait = BACKOFF[Math.min(this.#failures++, BACKOFF.length - 1)] * (0.7 + 0.6 * Math.random());
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#open(), wait * 1000);
    });
  }

  #hangUp() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #again() {
    if (this.state === "stopped") return;
    this.#hangUp();
    if (this.state === "live") this.#set("lost");
    this.#open();
  }

  // A laptop that slept, or a tab that was frozen, may hold a socket that is long dead without knowing.
  #watchForSleep() {
    let last = Date.now();
    setInterval(() => {
      const now = Date.now();
      if (now - last > ASLEEP) this.#again();
      last = now;
    }, LOOK_EVERY);
  }

  #set(state, code = 0) {
    if (state === this.state) return;
    this.state = state;
    this.code = code;
    this.dispatchEvent(new Event("state"));
  }
}

let line = null;

// The page's line, opened by whoever asks for it first.
export const theLine = () => (line ??= new Line());
