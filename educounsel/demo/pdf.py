"""A materi as a small A5 booklet: a cover, then its text."""

from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path

import reportlab
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    ListFlowable,
    ListItem,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Table,
)

PINE, PINE_DARK, PINE_SOFT = HexColor("#12766c"), HexColor("#0f5f57"), HexColor("#d7efe9")
SUN, SUN_SOFT = HexColor("#ffc46b"), HexColor("#fff0d6")
INK, MUTED, LINE = HexColor("#1b2629"), HexColor("#5d676b"), HexColor("#ddd6c9")

WIDTH, HEIGHT = A5
MARGIN = 46

TEXT = ParagraphStyle(
    "text",
    fontName="Vera",
    fontSize=10.5,
    leading=16.5,
    textColor=INK,
    spaceAfter=8,
    allowWidows=0,
    allowOrphans=0,
)
ITEM = ParagraphStyle("item", TEXT, spaceAfter=4)
QUOTE = ParagraphStyle("quote", TEXT, fontName="Vera-Italic", textColor=PINE_DARK, spaceAfter=0)
HEADING = ParagraphStyle(
    "heading",
    TEXT,
    fontName="Vera-Bold",
    fontSize=13,
    leading=17,
    textColor=PINE,
    spaceBefore=12,
    spaceAfter=6,
    keepWithNext=1,
)
COVER_BIDANG = ParagraphStyle("bidang", TEXT, fontName="Vera-Bold", textColor=SUN)
COVER_TITLE = ParagraphStyle(
    "title", TEXT, fontName="Vera-Bold", fontSize=26, leading=33, textColor=white, spaceAfter=14
)
COVER_AUTHOR = ParagraphStyle("author", TEXT, textColor=PINE_SOFT)


def build_pdf(title: str, bidang: str, author: str, body: str) -> bytes:
    """The same words give the same bytes, so that a second seed changes no file."""
    _register_fonts()
    out = BytesIO()
    booklet = BaseDocTemplate(
        out, pagesize=A5, title=title, author=author, subject=bidang, lang="id", invariant=1
    )
    booklet.addPageTemplates([_cover_page(), _text_page(title)])
    booklet.build([*_cover(title, bidang, author), *_flowables(body)])
    return out.getvalue()


@cache
def _register_fonts() -> None:
    """Bitstream Vera comes with reportlab: the same letters, embedded, on every machine."""
    folder = Path(reportlab.__file__).with_name("fonts")
    faces = {"Vera": "Vera", "Vera-Bold": "VeraBd", "Vera-Italic": "VeraIt", "Vera-Both": "VeraBI"}
    for name, file in faces.items():
        registerFont(TTFont(name, folder / f"{file}.ttf"))
    registerFontFamily("Vera", *faces)


def _cover_page() -> PageTemplate:
    frame = Frame(MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT * 0.58, 0, 0, 0, 0)
    return PageTemplate("cover", [frame], onPage=_draw_cover)


def _draw_cover(canvas: Canvas, _: BaseDocTemplate) -> None:
    canvas.setFillColor(PINE_DARK)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    for x, y, radius, colour in (
        (WIDTH * 0.86, HEIGHT * 0.9, 130, PINE),
        (WIDTH * 0.62, HEIGHT * 0.8, 34, SUN),
        (WIDTH * 0.05, HEIGHT * 0.02, 90, PINE),
    ):
        canvas.setFillColor(colour)
        canvas.circle(x, y, radius, stroke=0, fill=1)


def _text_page(title: str) -> PageTemplate:
    def draw_footer(canvas: Canvas, booklet: BaseDocTemplate) -> None:
        canvas.setStrokeColor(LINE)
        canvas.line(MARGIN, 40, WIDTH - MARGIN, 40)
        canvas.setFont("Vera", 8)
        canvas.setFillColor(MUTED)
        canvas.drawString(MARGIN, 26, title)
        canvas.setFillColor(PINE)
        canvas.drawRightString(WIDTH - MARGIN, 26, str(booklet.page))

    frame = Frame(MARGIN, 54, WIDTH - 2 * MARGIN, HEIGHT - 54 - MARGIN, 0, 0, 0, 0)
    # At the end of the page, so that a screen reader hears the text first.
    return PageTemplate("text", [frame], onPageEnd=draw_footer)


def _cover(title: str, bidang: str, author: str) -> list[Flowable]:
    return [
        NextPageTemplate("text"),
        Paragraph(escape(bidang.capitalize()), COVER_BIDANG),
        Paragraph(escape(title), COVER_TITLE),
        Paragraph(escape(author), COVER_AUTHOR),
        PageBreak(),
    ]


def _flowables(body: str) -> list[Flowable]:
    tree = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).parse(body))
    return [_block(node, TEXT) for node in tree.children]


def _block(node: SyntaxTreeNode, style: ParagraphStyle) -> Flowable:
    match node.type:
        case "heading":
            return Paragraph(_inline(node), HEADING)
        case "paragraph":
            return Paragraph(_inline(node), style)
        case "blockquote":
            return _quote([_block(child, QUOTE) for child in node.children])
        case "bullet_list" | "ordered_list":
            return _list(node)
    raise ValueError(f"a booklet has no place for {node.type}")


def _quote(paragraphs: list[Flowable]) -> Table:
    style = [
        ("BACKGROUND", (0, 0), (-1, -1), SUN_SOFT),
        ("LINEBEFORE", (0, 0), (0, -1), 3, SUN),
        ("LEFTPADDING", (0, 0), (-1, -1), 14),
        ("TOPPADDING", (0, 0), (-1, -1), 9),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
    ]
    return Table([[paragraphs]], [WIDTH - 2 * MARGIN], style=style, spaceBefore=6, spaceAfter=12)


def _list(node: SyntaxTreeNode) -> ListFlowable:
    items = [ListItem([_block(part, ITEM) for part in item.children]) for item in node.children]
    kind = {"start": "•"} if node.type == "bullet_list" else {"bulletFormat": "%s."}
    return ListFlowable(
        items,
        bulletType="bullet" if node.type == "bullet_list" else "1",
        bulletFontName="Vera-Bold",
        bulletFontSize=10.5,
        bulletColor=PINE,
        leftIndent=22,
        spaceAfter=8,
        **kind,
    )


def _inline(node: SyntaxTreeNode) -> str:
    """Markdown's emphasis in the small markup that a reportlab Paragraph reads."""
    words = "".join(_inline(child) for child in node.children)
    match node.type:
        case "text" | "code_inline":
            return escape(node.content)
        case "softbreak" | "hardbreak":
            return " "
        case "strong":
            return f"<b>{words}</b>"
        case "em":
            return f"<i>{words}</i>"
    return words
