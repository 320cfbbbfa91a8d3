// The error summary takes focus when the page opens, and its links bring the control together with its label into view.
class ErrorSummary extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.follow(event));
    this.firstElementChild?.focus();
  }

  follow(event) {
    const link = event.target.closest("a[href^='#']");
    const control = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!control) return;
    event.preventDefault();
    const words = control.closest("fieldset")?.querySelector("legend") ?? control.labels?.[0] ?? control;
    words.scrollIntoView();
    control.focus({ preventScroll: true });
  }
}

customElements.define("error-summary", ErrorSummary);
