// Several tabs of one person hear of the same thing; one of them tells it, rather one that is seen.
const HIDDEN_TABS_WAIT = 700;
const person = document.body.dataset.realtimeChannels?.split(" ")[0];
const TOLD = `educounsel:told:${person}`;

// Whether this tab is the one to tell what came up to this id.
export async function isOursToTell(id) {
  if (document.hidden) await new Promise((resolve) => { setTimeout(resolve, HIDDEN_TABS_WAIT); });
  const take = () => takeUpTo(id);
  return navigator.locks ? navigator.locks.request(TOLD, take) : take();
}

function takeUpTo(id) {
  try {
    if (Number(localStorage.getItem(TOLD)) >= id) return false;
    localStorage.setItem(TOLD, id);
  } catch {} // a browser that keeps nothing: better told twice than never
  return true;
}
