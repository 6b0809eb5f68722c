// Starts something on every element that matches, now and whenever htmx brings new ones. What
// `start` returns, or promises, is called when its element goes: timers and listeners go with it.
export function behaviour(selector, start) {
  const stops = new WeakMap();

  const wake = (root) => {
    const inside = [...root.querySelectorAll(selector)];
    for (const element of root.matches?.(selector) ? [root, ...inside] : inside) {
      if (!stops.has(element)) stops.set(element, Promise.resolve(start(element)));
    }
  };

  wake(document);
  document.addEventListener("htmx:load", ({ target }) => wake(target));
  document.addEventListener("htmx:beforeCleanupElement", ({ target }) => {
    stops.get(target)?.then((stop) => stop?.());
    stops.delete(target);
  });
}
