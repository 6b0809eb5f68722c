// A short word in the corner, which also is a link. It stays while it is pointed at or in focus, and
// the whole time anew afterwards; Escape closes what is shown.
const STAYS = 8_000;

export function toast({ title, text = "", url = "", icon = "bell" }) {
  const element = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  element.querySelector("[data-title]").textContent = title;
  element.querySelector("[data-text]").textContent = text;
  const drawing = element.querySelector("use");
  drawing.setAttribute("href", drawing.getAttribute("href").replace(/#.*/, `#${icon}`));
  if (url) element.querySelector("a").href = url;
  element.querySelector("button").addEventListener("click", () => element.remove());
  document.getElementById("toasts").append(element);
  leaveLater(element);
}

function leaveLater(element) {
  let timer = 0;
  const pause = () => clearTimeout(timer);
  const goOn = () => {
    pause();
    if (!element.matches(":hover, :focus-within")) timer = setTimeout(() => element.remove(), STAYS);
  };
  for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, pause);
  for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, () => queueMicrotask(goOn));
  goOn();
}

addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || document.querySelector("dialog[open]")) return;
  document.getElementById("toasts")?.replaceChildren();
});
