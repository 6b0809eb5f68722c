// The choice is a cookie: the server writes it into <html>, so no page flashes in the wrong colours.
const YEAR = 365 * 24 * 60 * 60;

export function start(choice) {
  const apply = ({ target }) => {
    document.cookie = `theme=${target.value}; path=/; max-age=${target.value ? YEAR : 0}; samesite=lax`;
    document.documentElement.dataset.theme = target.value;
  };

  const now = document.documentElement.dataset.theme ?? "";
  choice.querySelector(`input[value="${now}"]`).checked = true;
  choice.addEventListener("change", apply);
  return () => choice.removeEventListener("change", apply);
}
