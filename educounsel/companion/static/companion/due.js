// <time data-left="192">3:12</time> counts down; then pages that listen ask what has come of it.
import { behaviour } from "../web/js/app.js";

function start(time) {
  // Seconds from the server, not its clock: a phone's own may be wrong.
  const end = Date.now() + Number(time.dataset.left) * 1000;

  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    time.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "sebentar lagi";
    if (left === 0) finish();
  };
  const finish = () => {
    clearInterval(timer);
    document.dispatchEvent(new CustomEvent("case:due"));
  };

  const timer = setInterval(tick, 500);
  return () => clearInterval(timer);
}

behaviour("[data-left]", start);
