// Shows the pill while there is no connection: the browser's own word, or that of the page's socket,
// which says so by a "connection" event on the document, "up" or "down".
export function start(pill) {
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
