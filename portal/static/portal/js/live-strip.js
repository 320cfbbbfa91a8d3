// <live-strip>: one line that says, truthfully, how new the page is.
import { say } from "./live-say.js";
import { ENDED, SIGNED_OUT, theLine } from "./live-line.js";

const RECONNECTING = 3_000;
const STOPPED = 30_000;
const STOPPED_WORDS = "Live updates have stopped. You can carry on working.";

class LiveStrip extends HTMLElement {
  #timers = [];
  #away = false;

  connectedCallback() {
    this.line = theLine();
    this.line.addEventListener("state", this);
    this.handleEvent();
  }

  disconnectedCallback() {
    this.line.removeEventListener("state", this);
    this.#timers.forEach(clearTimeout);
  }

  // Whether the connection has been gone for long enough to be spoken of.
  get away() {
    return this.#away;
  }

  handleEvent() {
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
    const state = this.line.state;
    if (state === "live" && !this.#away) this.show("live", "Live");
    if (state === "live" && !document.querySelector("[data-live-stream]")) this.back("Live");
    if (state === "never") this.show("polling", this.#howOften());
    const over = [SIGNED_OUT, ENDED].includes(this.line.code); // the page says so itself (live-ended.js)
    if (state === "stopped") this.show("stopped", over ? "Live updates have stopped." : STOPPED_WORDS);
    if (state === "lost") {
      this.#timers = [
        setTimeout(() => {
          this.#away = true;
          this.show("reconnecting", "Reconnecting…");
        }, RECONNECTING),
        setTimeout(() => {
          this.show("stopped", STOPPED_WORDS);
          say(STOPPED_WORDS);
        }, STOPPED),
      ];
    }
  }

  // The page has caught up after an absence.
  back(words, link = "", href = "") {
    this.#away = false;
    this.show("live", words, link, href);
  }

  show(state, words, link = "", href = "") {
    this.dataset.state = state;
    const text = this.querySelector(".live-strip__text");
    if (!text) return;
    text.textContent = words;
    if (link) {
      const anchor = document.createElement("a");
      anchor.className = "live-strip__link";
      anchor.href = href;
      anchor.textContent = link;
      text.append(words ? " " : "", anchor);
    }
  }

  #howOften() {
    const seconds = Number(document.querySelector("[data-live-stream]")?.dataset.livePoll ?? 15);
    const asks = document.querySelector("[data-live-stream]") ? seconds : 60;
    return asks >= 60 ? "Updates every minute" : `Updates every ${asks} seconds`;
  }
}

customElements.define("live-strip", LiveStrip);
