// How many are unread: on the bell, in its name for screen readers, in the tab's title, and on the
// icon of the installed app.
const plainTitle = document.title;

export function showUnread(bell, count) {
  const badge = bell.querySelector("[data-unread]");
  badge.textContent = count > 99 ? "99+" : count;
  badge.hidden = count === 0;
  bell.setAttribute("aria-label", count ? `Notifikasi, ${count} belum dibaca` : "Notifikasi");
  document.title = count ? `(${count}) ${plainTitle}` : plainTitle;
  showOnIcon(count);
}

// Only an installed app has an icon; elsewhere the browser refuses, and nothing is amiss.
function showOnIcon(count) {
  const done = count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  done?.catch(() => {});
}
