// A page about something that others work on too: <section data-live-stream data-live-after data-live-url data-live-lead>.
//
// The doorbell says that there is news. What it is, how many and what to call it come from data-live-url over HTTP, asked
// as the person who looks. Nothing moves: a button says "Show 1 new note from Early Help", and only its press puts the
// notes into #timeline. Where a page has no such list, the strip links to it. No entry is ever put in twice.
import { caseEnded, signedOut } from "./live-ended.js";
import { say } from "./live-say.js";
import { theLine } from "./live-line.js";

const TOO_MUCH = 200; // as many as the server tells at once
const POLL = 15; // seconds, without a socket
const SAFETY = 60; // seconds, with one: a doorbell may be lost without a word
const HERD = 2_000; // when everybody is told to ask, not all in the same instant

class News {
  #asking = false;
  #again = false;
  #timer = 0;
  #waiting = { html: "", count: 0, label: "" };
  #title = document.title;

  constructor(section) {
    this.section = section;
    this.stream = section.dataset.liveStream;
    this.after = Number(section.dataset.liveAfter || 0);
    this.last = this.after;
    this.list = /[?&]before=/.test(location.search) ? null : section.querySelector("#timeline");
    this.page = new URL("..", new URL(section.dataset.liveUrl, location.href)).pathname;
    this.strip = document.querySelector("live-strip");
    this.button = this.list && this.#button();
    this.line = theLine();
    this.line.addEventListener("ring", (event) => this.#ring(event.detail));
    this.line.addEventListener("state", () => this.#state());
    this.#state();
  }

  #button() {
    const button = this.section.querySelector("a.new-items") ?? document.createElement("a");
    if (!button.isConnected) {
      button.className = "new-items";
      button.hidden = true;
      button.append(Object.assign(document.createElement("span"), { className: "new-items__text" }));
      this.list.before(button);
    }
    button.href = this.page;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      this.show();
    });
    return button;
  }

  #ring({ stream, n }) {
    if (stream === "*") setTimeout(() => this.ask(), HERD * Math.random());
    if (stream === this.stream && n > this.last) this.ask();
  }

  #state() {
    if (this.line.state === "live") this.ask();
    else this.#rest();
  }

  // Ask again after a while, whatever the doorbell does.
  #rest() {
    clearTimeout(this.#timer);
    if (this.ended) return;
    const seconds = this.line.state === "live" ? SAFETY : Number(this.section.dataset.livePoll ?? POLL);
    this.#timer = setTimeout(() => this.ask(), seconds * 1000);
  }

  async ask() {
    if (this.ended) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      await this.#fetch();
    } catch {
      // No network: the line says so, and we ask again.
    }
    this.#asking = false;
    this.#rest();
    if (this.#again) {
      this.#again = false;
      this.ask();
    }
  }

  async #fetch() {
    const after = this.after;
    const answer = await fetch(this.section.dataset.liveUrl + after, { cache: "no-store", redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 401) return this.#signedOut();
    if (answer.status === 404 || answer.status === 403) return this.#end();
    if (!answer.ok || !answer.headers.has("X-Last-Event")) return;
    const html = await answer.text();
    if (after !== this.after) return; // shown meanwhile: what this says is there already
    this.last = Number(answer.headers.get("X-Last-Event"));
    const count = Number(answer.headers.get("X-New"));
    const more = count - this.#waiting.count;
    this.#waiting = { html, count, label: answer.headers.get("X-Label") || `Show ${count} new` };
    this.#offer(more);
  }

  #offer(more) {
    const { count, label } = this.#waiting;
    const what = label.replace(/^Show /, "");
    const said = what.replace(/ from .*/, "");
    document.title = count ? `(${count}) ${this.#title}` : this.#title;
    this.#badge(count);
    if (this.button) {
      this.button.hidden = !count;
      this.button.querySelector(".new-items__text").textContent = label;
    }
    const back = this.strip?.away && this.line.state === "live";
    if (back && count >= TOO_MUCH) this.strip.back("Back online.", "Reload to see everything", location.pathname);
    else if (back && more > 0)
      this.strip.back(
        `Back online. ${more} update${more === 1 ? "" : "s"} while you were away.`,
        this.button ? "Go to what is new" : "See the timeline",
        this.button ? `#${(this.button.id ||= "new-items")}` : this.page,
      );
    else if (back) this.strip.back("Live");
    else if (!this.button && count && this.line.state === "live") this.strip?.show("live", "Live ·", what, this.page);
    if (more > 0) say(`${said} on this case.`);
  }

  // The number beside "Timeline" in the page's own navigation, wide and narrow.
  #badge(count) {
    for (const link of document.querySelectorAll(`.sub-navigation__link[href="${this.page}"]`)) {
      link.querySelector(".badge")?.remove();
      if (!count) continue;
      const badge = document.createElement("span");
      badge.className = "badge";
      const number = Object.assign(document.createElement("span"), { className: "badge__count", textContent: count });
      const unread = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: " unread" });
      badge.append(number, unread);
      link.append(" ", badge);
    }
  }

  // Put in what waits, go to its first heading, and offer the way back.
  show() {
    const parsed = document.createElement("template");
    parsed.innerHTML = this.#waiting.html;
    const there = new Set(Array.from(this.list.querySelectorAll("[data-event]"), (entry) => entry.dataset.event));
    const fresh = Array.from(parsed.content.querySelectorAll("[data-event]")).filter((e) => !there.has(e.dataset.event));
    const reading = Array.from(this.list.children).find((entry) => entry.getBoundingClientRect().bottom > 0);
    const place = reading?.getBoundingClientRect().top;
    this.list.prepend(...fresh);
    this.section.querySelector(".case-timeline__empty")?.remove();
    this.after = this.last;
    this.section.dataset.liveAfter = this.after;
    this.#waiting = { html: "", count: 0, label: "" };
    this.button.hidden = true;
    document.title = this.#title;
    this.#badge(0);
    if (this.strip && this.line.state === "live") this.strip.show("live", "Live");
    headingOf(fresh[0] ?? this.list)?.focus();
    if (fresh.length && reading) this.#offerWayBack(reading, place);
  }

  // `place`: how far below the window's top the entry stood that was being read.
  #offerWayBack(reading, place) {
    this.section.querySelector(".new-items__back")?.remove();
    const back = document.createElement("button");
    back.type = "button";
    back.className = "new-items__back button button--secondary";
    back.textContent = "Back to where you were";
    back.addEventListener("click", () => {
      back.remove();
      headingOf(reading)?.focus({ preventScroll: true });
      scrollBy({ top: reading.getBoundingClientRect().top - place, behavior: "instant" });
    });
    this.button.after(back);
  }

  #signedOut() {
    this.#over();
    signedOut();
  }

  #end() {
    this.#over();
    caseEnded(this.section.dataset.liveLead || "the attendance team");
    this.strip?.show("live", "Live");
  }

  #over() {
    this.ended = true;
    clearTimeout(this.#timer);
  }
}

function headingOf(entry) {
  const heading = entry.querySelector(".timeline__title, .note__title, h2, h3, h4");
  if (heading) heading.tabIndex = -1;
  return heading;
}

for (const section of document.querySelectorAll("[data-live-stream]")) new News(section);
