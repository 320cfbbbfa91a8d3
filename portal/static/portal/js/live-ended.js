// What this page may show has ended: its content goes, what was typed and not saved stays for a while to be copied.
//
// The line closes with a code that says which (notifications/live.py). A page about a case is told by its news, which
// know whom to ask (live-news.js); any other page asks for itself again when the line begins anew.
import { interrupt } from "./live-say.js";
import { BEGIN_AGAIN, ENDED, SIGNED_OUT, theLine } from "./live-line.js";

const TEXT = "textarea, input:is([type=text], [type=email], [type=tel], :not([type]))";
const DRAFTS = 10 * 60_000;

let over = false;

// The case is no longer theirs to see. `lead`: whom to ask, in words.
export function caseEnded(lead) {
  const home = { text: "Go to your cases", href: "/workspace/cases/" };
  replace("You cannot see this case any more", `Your access to this case ended at ${now()}. If this is wrong, ask ${lead}.`, home);
}

export function signedOut() {
  theLine().stop();
  // Not to the same address: whoever signs in next on this machine may be somebody else.
  const home = { text: "Sign in again", href: "/accounts/login/?next=/workspace/" };
  replace("You are signed out", `Your sign-in ended at ${now()}.`, home);
}

function pageEnded() {
  const home = { text: "Go to your work", href: "/workspace/" };
  replace("You cannot see this page any more", `Your access to this page ended at ${now()}. If this is wrong, ask your manager.`, home);
}

function replace(title, said, link) {
  if (over) return;
  over = true;
  const main = document.getElementById("main");
  const typed = Array.from(main.querySelectorAll(TEXT))
    .filter((field) => field.value.trim() && field.value !== field.defaultValue)
    .map((field) => field.value);
  const focusGoes = document.activeElement === document.body || main.contains(document.activeElement);
  const inner = document.createElement("div");
  inner.className = "main__inner width";
  const heading = element("h1", title);
  heading.tabIndex = -1;
  inner.append(heading, element("p", said));
  if (typed.length) inner.append(draft(typed));
  const home = document.createElement("p");
  home.append(Object.assign(element("a", link.text), { href: link.href }));
  inner.append(home);
  main.replaceChildren(inner);
  for (const other of document.querySelectorAll(".page > :not(main), live-strip, dialog")) other.remove();
  document.title = `${title} – Alongside`;
  if (focusGoes) heading.focus();
  interrupt(said);
}

function draft(typed) {
  const kept = document.createElement("section");
  kept.className = "live-draft";
  kept.append(element("h2", "What you had typed"), element("p", "It has not been saved. Copy it within 10 minutes if you need it."));
  for (const text of typed) {
    const field = document.createElement("textarea");
    field.className = "input";
    field.readOnly = true;
    field.rows = 6;
    field.value = text;
    field.setAttribute("aria-label", "What you had typed");
    kept.append(field);
  }
  setTimeout(() => kept.remove(), DRAFTS);
  return kept;
}

function element(name, words) {
  return Object.assign(document.createElement(name), { textContent: words });
}

function now() {
  const time = new Date();
  return `${time.getHours()}:${String(time.getMinutes()).padStart(2, "0")}`;
}

// Whether this page may still be shown: asked of its own address.
async function stillMine() {
  const answer = await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" });
  if (answer.type === "opaqueredirect") signedOut();
  else if (answer.status === 404 || answer.status === 403) pageEnded();
}

const line = theLine();
const news = document.querySelector("[data-live-stream]");
let begun = 0; // the code before this beginning
line.addEventListener("state", () => {
  if (line.code === SIGNED_OUT) return signedOut();
  if (line.code === ENDED) return news ? caseEnded(news.dataset.liveLead || "the attendance team") : pageEnded();
  if (line.state === "live" && begun === BEGIN_AGAIN && !news) stillMine().catch(() => {});
  begun = line.code;
});
