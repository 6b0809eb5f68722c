// The button says which hour it asks for, and so does the address: back and reload keep the choice.
import { behaviour } from "../web/js/app.js";

function start(form) {
  const chosen = form.querySelector("[data-chosen]");

  const show = ({ target }) => {
    if (target.name !== "jam") return;
    chosen.textContent = `: ${form.dataset.day}, ${target.value}`;
    const address = new URL(form.dataset.address, location.href);
    address.searchParams.set("jam", target.value);
    history.replaceState(history.state, "", address);
  };

  form.addEventListener("change", show);
  return () => form.removeEventListener("change", show);
}

behaviour("[data-booking]", start);
behaviour(".days [aria-current]", (day) => {
  day.scrollIntoView({ block: "nearest", inline: "center" });
});
