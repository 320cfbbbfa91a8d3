// What a screen reader is told: short, seldom, and never while somebody is typing. The two regions are in the first HTML.
const LONGEST = 90;
const APART = 10_000;
const TYPING = 5_000;

let waiting = "";
let timer = 0;
let lastSaid = -Infinity;
let lastTyped = -Infinity;

for (const kind of ["input", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.matches?.("input, textarea, select, [contenteditable]")) lastTyped = Date.now();
  });
}

function write(id, words) {
  const region = document.getElementById(id);
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = words.slice(0, LONGEST)), 50); // the same words twice are said twice
}

function speak() {
  clearTimeout(timer);
  if (!waiting) return;
  const quiet = Math.max(lastSaid + APART, lastTyped + TYPING) - Date.now();
  if (quiet > 0 || document.querySelector("dialog[open]")) {
    timer = setTimeout(speak, Math.max(quiet, 500));
    return;
  }
  write("live-polite", waiting);
  waiting = "";
  lastSaid = Date.now();
}

// Said when there is a pause. What has not been said yet is replaced: the newest sum is the whole of it.
export function say(words) {
  waiting = words;
  speak();
}

// Said at once. There is one use of it: access has ended (live-ended.js).
export function interrupt(words) {
  waiting = "";
  write("live-assertive", words);
}
