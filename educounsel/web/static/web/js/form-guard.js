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
