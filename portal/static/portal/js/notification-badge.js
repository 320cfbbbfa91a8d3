// <notification-badge data-url>: the number beside "Notifications", as it is now.
import { theLine } from "./live-line.js";

const HERD = 2_000;
const MINUTE = 60_000;

class NotificationBadge extends HTMLElement {
  #soon = 0;
  #timer = 0;

  connectedCallback() {
    this.line = theLine();
    this.line.addEventListener("ring", this);
    this.#timer = setInterval(() => this.line.state !== "live" && this.ask(), MINUTE);
  }

  disconnectedCallback() {
    this.line.removeEventListener("ring", this);
    clearInterval(this.#timer);
  }

  handleEvent({ detail: { stream } }) {
    if (stream !== "inbox" && stream !== "*") return;
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.ask(), stream === "*" ? HERD * Math.random() : 100);
  }

  async ask() {
    try {
      const answer = await fetch(this.dataset.url, { cache: "no-store", redirect: "manual" });
      if (answer.ok) this.innerHTML = await answer.text();
    } catch {
      // No network: the number stands until there is one.
    }
  }
}

customElements.define("notification-badge", NotificationBadge);
