// "I do not know" cannot be true beside another answer: choosing one clears the other.
document.addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox" || !target.checked) return;
  const group = target.closest(".choices");
  if (!group?.querySelector("[data-exclusive]")) return;
  const exclusive = target.hasAttribute("data-exclusive");
  for (const other of group.querySelectorAll("input[type=checkbox]")) {
    if (other !== target && (exclusive || other.hasAttribute("data-exclusive"))) other.checked = false;
  }
});
