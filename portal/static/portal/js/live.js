// What the workspace does when something is new. Without this file every page still works: it shows what is new when reloaded.
import "./live-ended.js";
import "./session-end.js";
import "./live-strip.js";
import "./live-news.js";
import "./notification-badge.js";
