"""Every page a person can walk to by links, one of each kind: a new page is met without a list."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map(({ href }) => href)"
# Whatever leads to a file, and the frames of Django's own admin about its own tables.
GONE = 410
NO_PAGES = {"materi:file", "materi:desk_file", "admin:view_on_site"}


def pages_from(page: Page) -> Iterator[str]:
    """Goes to each, and says its path; the page stands open until the next is asked for."""
    start = urlsplit(page.url)
    waiting, met = [start.path], {_kind_of(start.path)}
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(path)
        assert answer
        # What was taken back meanwhile has a page that says so.
        assert answer.ok or answer.status == GONE, f"{path}: {answer.status}"
        yield path
        for link in page.evaluate(LINKS):
            parts = urlsplit(link)
            kind = _kind_of(parts.path)
            if parts.netloc == start.netloc and kind and kind not in met:
                met.add(kind)
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def _kind_of(path: str) -> str:
    """The name of its address, whatever the numbers in it."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        return ""
    return "" if name in NO_PAGES else name
