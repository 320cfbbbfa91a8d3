// Before the first paint: styles may now rely on the modules.
document.documentElement.classList.add("js-enabled");
