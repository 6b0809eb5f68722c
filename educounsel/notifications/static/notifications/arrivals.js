// What arrives while a page is open, or arrived while it was not: asked for by the last id seen, so
// that each is shown once and in order, whether a socket, a wake-up or a timer made us ask.
import { toast } from "../web/js/toast.js";
import { showUnread } from "./badge.js";
import { play } from "./sound.js";

const ASK_WITHOUT_SOCKET_EVERY = 30_000;
const MOST_TOASTS = 3;

function listen(bell) {
  let lastSeen = Number(bell.dataset.latest);
  let asking = null;
  let askAgain = false;
  let connected = false;

  const ask = () => {
    askAgain = Boolean(asking);
    asking ??= fetchNew().catch(() => {}).finally(() => {
      asking = null;
      if (askAgain) ask();
    });
  };

  const fetchNew = async () => {
    const response = await fetch(`${bell.dataset.feed}?after=${lastSeen}`);
    if (!response.ok || response.redirected) return; // signed out meanwhile: the next page says so
    const news = await response.json();
    lastSeen = news.latest_id;
    showUnread(bell, news.unread_count);
    tell(news);
  };

  document.addEventListener("connection", ({ detail }) => { connected = detail === "up"; });
  document.addEventListener("realtime:connected", ask);
  // A whole school hears the same hint: each page asks at its own moment.
  document.addEventListener("realtime:notification", ({ detail }) => setTimeout(ask, Math.random() * detail.within));
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("online", ask);
  addEventListener("pageshow", ({ persisted }) => persisted && ask());
  setInterval(() => connected || document.hidden || ask(), ASK_WITHOUT_SOCKET_EVERY);
}

function tell({ notifications, more, unread_count: unread }) {
  if (notifications.length > MOST_TOASTS || more) {
    toast({ title: `${more ? unread : notifications.length} notifikasi baru`, url: bell.href });
  } else {
    notifications.forEach(toast);
  }
  if (notifications.length || more) play(notifications.some((each) => each.is_urgent));
  if (notifications.length || more) document.dispatchEvent(new CustomEvent("notification:arrived"));
}

const bell = document.querySelector("[data-bell]");
if (bell) listen(bell);
