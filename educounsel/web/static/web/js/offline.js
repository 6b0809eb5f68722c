// Shows the pill while there is no connection: the browser's own word, or that of the page's
// socket. A socket gets a moment, for it is also without connection while the page opens.
const PATIENCE = 2_500;

export function start(pill) {
  let timer;
  const show = () => { pill.hidden = false; };
  const hide = () => { pill.hidden = true; };
  const heed = ({ detail: { state } }) => {
    clearTimeout(timer);
    if (state === "connected") hide();
    else timer = setTimeout(show, PATIENCE);
  };

  pill.hidden = navigator.onLine;
  addEventListener("offline", show);
  addEventListener("online", hide);
  document.addEventListener("realtime:state", heed);
  return () => {
    clearTimeout(timer);
    removeEventListener("offline", show);
    removeEventListener("online", hide);
    document.removeEventListener("realtime:state", heed);
  };
}
