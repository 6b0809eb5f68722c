"""Markdown that a model wrote, as HTML that may stand in a page."""

import re
from collections.abc import Iterator, Mapping
from functools import partial

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# A bubble holds words, lists and emphasis; a heading or a picture has no place in it.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["heading", "lheading", "image", "hr", "autolink", "html_inline", "html_block", "reference"]
)
_NUMBER = re.compile(r"\[(\d+)\]")
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre"}


def blocks(markdown: str, links: Mapping[int, str]) -> Iterator[SafeString]:
    """One piece of HTML for each paragraph, list or quotation, each whole in itself.

    While an answer grows only its last block changes, so that is all that travels. Links are
    dropped, their words stay: where an answer may lead is said by its citations alone, `links` by
    their numbers.
    """
    group = []
    for token in _markdown.parse(markdown):
        group.append(token)
        if token.level == 0 and token.nesting != 1:
            html = _markdown.renderer.render(group, _markdown.options, {})
            # Sanitised on this very line, and free of attributes in which a number could stand.
            clean = nh3.clean(html, tags=_TAGS, attributes={})
            yield mark_safe(_NUMBER.sub(partial(_linked, links), clean))  # noqa: S308
            group = []


def plain(markdown: str) -> str:
    """The same words for a file: no signs but the numbers and dots of lists."""
    said = []
    for token in _markdown.parse(markdown):
        if token.type == "list_item_open":
            said.append(f"{token.info}. " if token.info else "• ")
        elif token.type in ("inline", "fence", "code_block"):
            said.append(_letters(token) + "\n")
        elif token.level == 0 and token.nesting == -1:
            said.append("\n")
    return "".join(said).strip()


def _letters(token: Token) -> str:
    breaks = ("softbreak", "hardbreak")
    pieces = token.children or [token]
    return "".join("\n" if piece.type in breaks else piece.content for piece in pieces)


def _linked(links: Mapping[int, str], found: re.Match[str]) -> str:
    address = links.get(int(found[1]))
    return format_html('<a href="{}">{}</a>', address, found[0]) if address else found[0]
