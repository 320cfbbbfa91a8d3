// <session-end data-left="seconds" data-url="address"><dialog>…: says, two minutes before it, that the sign-in ends, and
// puts it off by one button. Without JavaScript it ends all the same, and what is sent then is shown back to be copied.
//
// Nothing is asked while there is time: once before the warning, since another window may have gone on meanwhile, and
// once at the end. To ask does not put the end off (portal/sessions.py).
import { signedOut } from "./live-ended.js";

const WARN = 120; // seconds

class SessionEnd extends HTMLElement {
  #ends = 0;
  #timer = 0;

  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.querySelector("form[method=post]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask({ method: "POST", body: new FormData(event.target) }).catch(() => this.failed(true));
    });
    // A machine that slept has not counted.
    this.awake = () => document.visibilityState === "visible" && this.look();
    document.addEventListener("visibilitychange", this.awake);
    this.has(Number(this.dataset.left));
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.awake);
  }

  has(seconds) {
    this.#ends = Date.now() + seconds * 1000;
    const next = seconds > WARN ? seconds - WARN : seconds + 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), next * 1000);
  }

  look() {
    if (Date.now() < this.#ends - WARN * 1000) return;
    this.ask().catch(() => {
      if (Date.now() > this.#ends) signedOut(); // nobody to ask: what was said last counts
      else this.#timer = setTimeout(() => this.look(), 10_000);
    });
  }

  async ask(how = {}) {
    const answer = await fetch(this.dataset.url, { cache: "no-store", ...how });
    if (!answer.ok) throw new Error(String(answer.status));
    const { left, goes_on: goesOn } = await answer.json();
    this.failed(false);
    if (left <= 0) return signedOut();
    this.has(left);
    if (left > WARN) this.dialog.close();
    else this.warn(goesOn);
  }

  warn(goesOn) {
    for (const part of this.querySelectorAll("[data-for]")) part.hidden = (part.dataset.for === "more") !== goesOn;
    const at = new Date(this.#ends);
    this.querySelector("[data-at]").textContent = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
    if (!this.dialog.open) this.dialog.showModal();
  }

  failed(yes) {
    this.querySelector("[role=alert]").hidden = !yes;
  }
}

customElements.define("session-end", SessionEnd);
