// What a materi's page may do; the viewer's files are fetched by the PDF tab alone.
import { behaviour } from "../web/js/app.js";

const lazily = (load) => async (element) => (await load()).start(element);

behaviour("[data-reading]", lazily(() => import("./reading-progress.js")));
behaviour("[data-pdf]", lazily(() => import("./pdf-view.js")));
