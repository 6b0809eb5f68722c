// What arrives while a page is open, or arrived while it was not: asked for by the last id seen, so
// that each is shown once and in order, whether a socket, a wake-up or a timer made us ask.
// In one file, for each file is a request; toast and sound are fetched when they are needed.

// A server that cannot answer now is asked again, less and less often.
const FIRST_RETRY = 1_000;
// Where no socket can be had a page asks by itself, less and less often.
const FIRST_PAUSE = 10_000;
const LONGEST_PAUSE = 120_000;
const MOST_TOASTS = 3;
const HIDDEN_TABS_WAIT = 700;
const TOLD = `educounsel:told:${document.body.dataset.realtimeChannels?.split(" ")[0]}`;

const plainTitle = document.title;

function listen(bell) {
  let lastSeen = Number(bell.dataset.latest);
  let asking = null;
  let askAgain = false;
  let connected = false;
  let pause = FIRST_PAUSE;
  let retry = FIRST_RETRY;
  let retrying = 0;

  const ask = () => {
    askAgain = Boolean(asking);
    asking ??= fetchNew().then(() => { retry = FIRST_RETRY; }, askLater).finally(() => {
      asking = null;
      if (askAgain) ask();
    });
  };

  const askLater = () => {
    clearTimeout(retrying);
    retrying = setTimeout(ask, retry * (0.5 + Math.random()));
    retry = Math.min(retry * 2, LONGEST_PAUSE);
  };

  const fetchNew = async () => {
    const response = await fetch(`${bell.dataset.feed}?after=${lastSeen}`);
    if (response.redirected || response.status === 404) return; // signed out: the next page says so
    if (!response.ok) throw new Error(response.statusText);
    const news = await response.json();
    lastSeen = news.latest_id;
    showUnread(bell, news.unread_count);
    await tell(news);
  };

  const askAtOnce = () => {
    pause = FIRST_PAUSE;
    ask();
  };
  const askBySelf = () => setTimeout(() => {
    if (!connected && !document.hidden) ask();
    pause = connected ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
    askBySelf();
  }, pause * (0.5 + Math.random()));

  document.addEventListener("connection", ({ detail }) => { connected = detail === "up"; });
  document.addEventListener("realtime:connected", ask);
  document.addEventListener("realtime:resync", ({ detail }) => setTimeout(ask, Math.random() * detail.within));
  // A whole school hears the same hint: each page asks at its own moment.
  document.addEventListener("realtime:notification", ({ detail }) => setTimeout(ask, Math.random() * detail.within));
  document.addEventListener("visibilitychange", () => document.hidden || askAtOnce());
  addEventListener("online", askAtOnce);
  addEventListener("pageshow", ({ persisted }) => persisted && askAtOnce());
  askBySelf();
}

async function tell({ notifications, more, unread_count: unread, latest_id: latest, may_sound: maySound }) {
  if (!notifications.length && !more) return;
  document.dispatchEvent(new CustomEvent("notification:arrived"));
  const { toast } = await import("../web/js/toast.js");
  if (!(await isOursToTell(latest))) return;
  if (notifications.length > MOST_TOASTS || more) {
    toast({ title: `${more ? unread : notifications.length} notifikasi baru`, url: bell.href });
  } else {
    notifications.forEach(toast);
  }
  if (maySound) (await sound)?.play(notifications.some((each) => each.is_urgent));
}

// A first tap on the page allows sound, and fetches it.
let sound = null;
const fetchSound = () => { sound ??= import("./sound.js").catch(() => { sound = null; }); };

// Once a session: this browser may have got another address since, or its session a new one.
async function keepPush({ push, person }) {
  if (!push || !localStorage.getItem("educounsel:push") || sessionStorage.getItem("push-kept")) return;
  sessionStorage.setItem("push-kept", person);
  const { keep } = await import("./push.js");
  await keep(person, push);
}

// --- The badge -------------------------------------------------------------------------------------

// How many are unread: on the bell, in its name for screen readers, in the tab's title, and on the
// icon of the installed app.
function showUnread(bell, count) {
  const badge = bell.querySelector("[data-unread]");
  badge.textContent = count > 99 ? "99+" : count;
  badge.hidden = count === 0;
  bell.setAttribute("aria-label", count ? `Notifikasi, ${count} belum dibaca` : "Notifikasi");
  document.title = count ? `(${count}) ${plainTitle}` : plainTitle;
  showOnIcon(count);
}

// Only an installed app has an icon; elsewhere the browser refuses, and nothing is amiss.
function showOnIcon(count) {
  const done = count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  done?.catch(() => {});
}

// --- One tab of several ----------------------------------------------------------------------------

// Whether this tab is the one to tell what came up to this id; rather one that is seen.
async function isOursToTell(id) {
  if (document.hidden) await new Promise((resolve) => { setTimeout(resolve, HIDDEN_TABS_WAIT); });
  const take = () => takeUpTo(id);
  return navigator.locks ? navigator.locks.request(TOLD, take) : take();
}

function takeUpTo(id) {
  try {
    if (Number(localStorage.getItem(TOLD)) >= id) return false;
    localStorage.setItem(TOLD, id);
  } catch {} // a browser that keeps nothing: better told twice than never
  return true;
}

const bell = document.querySelector("[data-bell]");
if (bell) {
  listen(bell);
  showUnread(bell, Number(bell.dataset.unreadCount));
  for (const tap of ["pointerdown", "keydown"]) addEventListener(tap, fetchSound);
  if (document.querySelector("[data-sound-switch]")) fetchSound();
  keepPush(bell.dataset).catch(() => sessionStorage.removeItem("push-kept"));
}
