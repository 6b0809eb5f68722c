// What every page may do; a behaviour's file is fetched by the pages that use it.
import { behaviour } from "./behaviour.js";
import "./form-guard.js";
import { start as watchConnection } from "./offline.js";

const lazily = (load) => async (element) => (await load()).start(element);

behaviour("[data-connection]", watchConnection);
behaviour("[data-opens]", lazily(() => import("./dialog.js")));
behaviour("[data-countdown]", lazily(() => import("./countdown.js")));
behaviour("[data-reveals]", lazily(() => import("./reveal.js")));
behaviour("[data-theme-choice]", lazily(() => import("./theme.js")));

navigator.serviceWorker?.register("/sw.js");
