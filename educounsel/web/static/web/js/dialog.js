// <a href="/help" data-opens="help"> opens <dialog id="help"> in place; without it the link is a link.
export function start(opener) {
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
