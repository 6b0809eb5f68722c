// The list shows what arrives without a reload, and a tap on a row also marks it read.
const inbox = document.getElementById("inbox");

inbox?.addEventListener("click", ({ target }) => {
  const form = target.closest("a[data-opens-unread]")?.parentElement.querySelector("form");
  if (form) fetch(form.action, { method: "post", body: new FormData(form), keepalive: true });
});
