// A second press within a second is a slip of the finger, not a second message. The server protects itself as well.
const SLIP_MS = 1000;
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  const now = performance.now();
  if (now - (sent.get(form) ?? -Infinity) < SLIP_MS) {
    event.preventDefault();
    return;
  }
  sent.set(form, now);
});
