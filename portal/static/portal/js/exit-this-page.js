// Leave at once. The link itself goes to an address that clears the session and moves on to a neutral site; with script
// the page is blanked first, and pressing Shift three times within five seconds does the same.
const WITHIN_MS = 5000;

class ExitThisPage extends HTMLElement {
  presses = [];

  connectedCallback() {
    this.link = this.querySelector("a");
    this.said = document.createElement("span");
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    this.append(this.said);
    this.link.addEventListener("click", (event) => this.leave(event));
    this.onKey = (event) => this.key(event);
    document.addEventListener("keyup", this.onKey);
  }

  disconnectedCallback() {
    document.removeEventListener("keyup", this.onKey);
  }

  key(event) {
    if (event.key !== "Shift") {
      this.presses = [];
      return;
    }
    const now = performance.now();
    this.presses = [...this.presses.filter((at) => now - at < WITHIN_MS), now];
    const left = 3 - this.presses.length;
    if (left <= 0) this.leave(event);
    else this.said.textContent = `Shift, press ${left} more time${left === 1 ? "" : "s"} to exit.`;
  }

  leave(event) {
    event.preventDefault();
    document.title = "Loading";
    document.body.replaceChildren();
    // replace(), so that "back" does not return to this page.
    window.location.replace(this.link.href);
  }
}

customElements.define("exit-this-page", ExitThisPage);

// A page restored from the browser's memory after leaving must not show what it held.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.body.childElementCount === 0) window.location.reload();
});
