"""Markdown that a model wrote, as HTML that may stand in a page."""

from collections.abc import Iterator

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# A bubble holds words, lists and emphasis; a heading or a picture has no place in it.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["heading", "lheading", "image", "hr", "autolink", "html_inline", "html_block"]
)
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre"}


def blocks(markdown: str) -> Iterator[SafeString]:
    """One piece of HTML for each paragraph, list or quotation, each whole in itself.

    While an answer grows only its last block changes, so that is all that travels. Links are
    dropped, their words stay: where an answer may lead is said by its citations alone.
    """
    group = []
    for token in _markdown.parse(markdown):
        group.append(token)
        if token.level == 0 and token.nesting != 1:
            html = _markdown.renderer.render(group, _markdown.options, {})
            # Sanitised on this very line.
            yield mark_safe(nh3.clean(html, tags=_TAGS, attributes={}))  # noqa: S308
            group = []
