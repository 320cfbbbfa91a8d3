// What every page may use. Each module looks for its own elements and does nothing where there are none.
import "./error-summary.js";
import "./character-count.js";
import "./exclusive-checkboxes.js";
import "./exit-this-page.js";
import "./menus.js";
import "./submit-once.js";
import "./no-way-back.js";
