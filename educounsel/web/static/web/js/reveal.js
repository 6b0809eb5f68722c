// <button data-reveals="id_password"> shows what was typed, and hides it again.
export function start(button) {
  const input = document.getElementById(button.dataset.reveals);

  const toggle = () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", shown);
  };

  button.hidden = false;
  button.addEventListener("click", toggle);
  return () => button.removeEventListener("click", toggle);
}
