// "You have 40 characters remaining": seen at once, said after a pause in typing. The server checks again.
const PAUSE_MS = 1000;

const length = (text) => [...text.replace(/\r\n?/g, "\n").trim()].length;
const plural = (n) => `${n.toLocaleString("en-GB")} character${n === 1 ? "" : "s"}`;

function enhance(box) {
  const limit = Number(box.dataset.limit);
  const area = box.querySelector("textarea");
  const hint = box.querySelector(".long-text__limit");
  const seen = document.createElement("p");
  seen.className = "long-text__count";
  seen.setAttribute("aria-hidden", "true");
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("aria-live", "polite");
  hint.classList.add("visually-hidden");
  hint.after(seen, said);

  let pause;
  function count(speak) {
    const left = limit - length(area.value);
    const words = left < 0 ? `You have ${plural(-left)} too many` : `You have ${plural(left)} remaining`;
    seen.textContent = words;
    seen.classList.toggle("long-text__count--over", left < 0);
    area.classList.toggle("input--error", left < 0 || area.getAttribute("aria-invalid") === "true");
    clearTimeout(pause);
    if (speak) pause = setTimeout(() => { said.textContent = words; }, PAUSE_MS);
  }
  area.addEventListener("input", () => count(true));
  // A browser restores text after "back" without an input event.
  window.addEventListener("pageshow", () => count(false));
  count(false);
}

document.querySelectorAll(".long-text[data-limit]").forEach(enhance);
