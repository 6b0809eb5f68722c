// A short word in the corner, which also is a link. It stays while it is pointed at or in focus.
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
  setTimeout(() => {
    if (element.matches(":hover, :focus-within")) leaveLater(element);
    else element.remove();
  }, STAYS);
}
