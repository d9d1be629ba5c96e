// The one script of every page. Each part looks for its own data attributes and leaves the rest alone.
import "./theme.js";
import "./dialog.js";
import "./keys.js";
import "./row-cursor.js";
import "./palette.js";
import "./toast.js";
import "./combobox.js";
import "./upload.js";
import "./progress.js";
import "./forms.js";
