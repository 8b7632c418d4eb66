// What every page loads: htmx, the few Bootstrap parts in use, and our own small modules.
import "htmx.org/dist/htmx.js";
import "bootstrap/js/dist/dropdown.js";
import "bootstrap/js/dist/offcanvas.js";
import "./requests.js";
import "./back.js";
import "./copy.js";
import "./counts.js";
import "./dialogs.js";
import "./insert.js";
import "./messages.js";
import "./printing.js";
import "./tree.js";
import "./uploads.js";
import "./ondemand.js";
