// A page about a child that the browser has kept whole, to show at a press of Back, is asked for again: she may have signed
// out meanwhile. The pages say "no-store"; browsers differ in what they make of it.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.documentElement.classList.contains("workspace")) location.reload();
});
