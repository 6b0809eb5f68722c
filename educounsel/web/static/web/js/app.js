// What every page may do, in one file: each file is a request. What few pages need is fetched by them.

// Starts something on every element that matches, now and whenever htmx brings new ones. What
// `start` returns, or promises, is called when its element goes: timers and listeners go with it.
export function behaviour(selector, start) {
  const stops = new WeakMap();

  const wake = (root) => {
    const inside = [...root.querySelectorAll(selector)];
    for (const element of root.matches?.(selector) ? [root, ...inside] : inside) {
      if (!stops.has(element)) stops.set(element, Promise.resolve(start(element)));
    }
  };

  wake(document);
  document.addEventListener("htmx:load", ({ target }) => wake(target));
  document.addEventListener("htmx:beforeCleanupElement", ({ target }) => {
    stops.get(target)?.then((stop) => stop?.());
    stops.delete(target);
  });
}

const lazily = (load) => async (element) => (await load()).start(element);

behaviour("[data-connection]", watchConnection);
behaviour("[data-opens]", openInPlace);
behaviour("[data-countdown]", lazily(() => import("./countdown.js")));
behaviour("[data-reveals]", lazily(() => import("./reveal.js")));
behaviour("[data-theme-choice]", lazily(() => import("./theme.js")));

navigator.serviceWorker?.register("/sw.js");

// --- The connection --------------------------------------------------------------------------------

// Shows the pill while there is none: the browser's own word, or that of the page's socket, which
// says so by a "connection" event on the document, "up" or "down".
function watchConnection(pill) {
  const show = () => { pill.hidden = false; };
  const hide = () => { pill.hidden = true; };
  const heed = ({ detail }) => (detail === "down" ? show() : hide());

  pill.hidden = navigator.onLine;
  addEventListener("offline", show);
  addEventListener("online", hide);
  document.addEventListener("connection", heed);
  return () => {
    removeEventListener("offline", show);
    removeEventListener("online", hide);
    document.removeEventListener("connection", heed);
  };
}

// --- Dialogs ---------------------------------------------------------------------------------------

// <a href="/help" data-opens="help"> opens <dialog id="help"> in place; without it the link is a link.
function openInPlace(opener) {
  const dialog = document.getElementById(opener.dataset.opens);
  if (!dialog) return;

  const open = (event) => {
    event.preventDefault();
    dialog.showModal();
  };
  // A tap beside the sheet lands on the dialog itself: its content fills it.
  const closeBeside = (event) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    const beside = x < left || x > right || y < top || y > bottom;
    if (event.target === dialog && beside) dialog.close();
  };

  opener.addEventListener("click", open);
  dialog.addEventListener("click", closeBeside);
  return () => {
    opener.removeEventListener("click", open);
    dialog.removeEventListener("click", closeBeside);
  };
}

// --- Forms -----------------------------------------------------------------------------------------

// One tap sends a form once, and a form that cannot be sent keeps what was typed.
const GIVE_UP_AFTER = 15_000;

function guard(event) {
  const form = event.target;
  if (form.method !== "post") return;
  // Offline the pill says why nothing is sent; the words stay in the form.
  if (form.ariaBusy === "true" || !navigator.onLine) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.ariaBusy = "true";
  setTimeout(release, GIVE_UP_AFTER, form);
}

function release(form) {
  form.ariaBusy = null;
}

// Capture: before htmx, which would send the second tap itself.
document.addEventListener("submit", guard, { capture: true });
document.addEventListener("htmx:afterRequest", ({ target }) => release(target.closest("form") ?? target));
// Back from the next page, the browser shows this one as it was left: busy.
addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(release));
