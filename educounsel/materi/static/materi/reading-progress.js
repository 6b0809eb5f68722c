// <progress data-reading="text">: how much of the element with that id has passed the screen.
export function start(meter) {
  const text = document.getElementById(meter.dataset.reading);

  const show = () => {
    const { top, height } = text.getBoundingClientRect();
    const seen = (innerHeight - top) / height;
    meter.value = Math.max(0, Math.min(1, seen)) * 100;
  };

  // A text that fits the screen is read without a bar.
  meter.hidden = text.offsetHeight < innerHeight;
  show();
  addEventListener("scroll", show, { passive: true });
  addEventListener("resize", show);
  return () => {
    removeEventListener("scroll", show);
    removeEventListener("resize", show);
  };
}
