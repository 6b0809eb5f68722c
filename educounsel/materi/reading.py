"""The text of a materi: Markdown of a Guru BK, turned into HTML that cannot do harm."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import nh3
from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

WORDS_A_MINUTE = 200
# The id of the text on its page: where a passage without a heading is.
WHOLE_TEXT = "text"
LONGEST_ANCHOR = 60
# No pictures: one from elsewhere would tell its owner who reads what.
TAGS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "em", "s", "code",
    "pre", "a", "hr", "br", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}} | {tag: {"id"} for tag in HEADINGS[1:]}
SCHEMES = {"http", "https", "mailto", "tel"}

markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def as_html(body: str) -> SafeString:
    tokens = markdown.parse(body)
    _begin_headings_at_h2(tokens)
    _name_headings(tokens)
    html = markdown.renderer.render(tokens, markdown.options, {})
    return SafeString(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes=SCHEMES,
            link_rel="noopener nofollow",
        )
    )


def anchor_of(heading: str) -> str:
    """Where a section begins on the page. By its name, so that a link outlives a new section."""
    name = slugify(heading)[:LONGEST_ANCHOR].strip("-")
    return f"bagian-{name}" if name else WHOLE_TEXT


def minutes_to_read(body: str) -> int:
    return max(1, ceil(len(body.split()) / WORDS_A_MINUTE))


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: list[str]


def sections_of(body: str) -> list[Section]:
    """The plain words of a text under its headings; what stands before the first has none."""
    sections = [Section("", [])]
    tag = ""
    for token in markdown.parse(body):
        tag = token.tag if token.type.endswith("_open") else tag
        text = _plain(token).strip()
        if text and tag in HEADINGS:
            sections.append(Section(text, []))
        elif text:
            sections[-1].paragraphs.append(text)
    return [section for section in sections if section.paragraphs]


def _begin_headings_at_h2(tokens: list[Token]) -> None:
    """The page's own title is its h1, whatever mark the writer used for the outermost heading."""
    headings = [token for token in tokens if token.tag in HEADINGS]
    down = 2 - min((int(token.tag[1]) for token in headings), default=2)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) + down)}"


def _name_headings(tokens: list[Token]) -> None:
    """Of two sections with one name the first has the anchor: an id stands once on a page."""
    taken = {WHOLE_TEXT}
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open":
            anchor = anchor_of(_plain(inside).strip())
            if anchor not in taken:
                opening.attrSet("id", anchor)
            taken.add(anchor)


def _plain(token: Token) -> str:
    if token.type in ("fence", "code_block"):
        return token.content
    return "".join(_words_in(token.children or []))


def _words_in(children: list[Token]) -> Iterator[str]:
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type in ("text", "code_inline"):
            yield child.content
