// Earlier messages come in above; what was being read stays where it is on the screen.
const root = document.documentElement;

async function bring(event) {
  const link = event.target.closest("[data-earlier]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.ariaBusy) return;
  link.ariaBusy = "true";
  const response = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  // Whatever is wrong, the page itself says it best.
  if (!response?.ok || response.headers.has("HX-Redirect")) return location.assign(link.href);
  putAbove(link.parentElement, await response.text());
}

function putAbove(place, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const turns = template.content.querySelector("ol");
  const fromEnd = root.scrollHeight - scrollY;
  place.replaceWith(template.content);
  scrollTo({ top: root.scrollHeight - fromEnd, behavior: "instant" });
  turns.focus({ preventScroll: true });
}

document.addEventListener("click", bring);
