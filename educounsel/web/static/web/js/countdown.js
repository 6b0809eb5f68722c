// <p data-countdown="30">… <b data-seconds>30</b> …</p> in a form: its button waits as long.
export function start(notice) {
  const seconds = notice.querySelector("[data-seconds]");
  const button = notice.closest("form").querySelector("button:not([type=button])");
  // A clock, not a count of ticks: a phone in a pocket ticks late.
  const end = Date.now() + Number(notice.dataset.countdown) * 1000;

  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    seconds.textContent = left;
    if (left === 0) finish();
  };
  const finish = () => {
    clearInterval(timer);
    button.disabled = false;
    notice.textContent = "Sekarang kamu bisa mencoba lagi.";
    notice.setAttribute("role", "status");
  };

  button.disabled = true;
  const timer = setInterval(tick, 250);
  return () => clearInterval(timer);
}
