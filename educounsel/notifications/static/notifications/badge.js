// How many are unread: on the bell, in its name for screen readers, in the tab's title.
const plainTitle = document.title;

export function showUnread(bell, count) {
  const badge = bell.querySelector("[data-unread]");
  badge.textContent = count > 99 ? "99+" : count;
  badge.hidden = count === 0;
  bell.setAttribute("aria-label", count ? `Notifikasi, ${count} belum dibaca` : "Notifikasi");
  document.title = count ? `(${count}) ${plainTitle}` : plainTitle;
}
