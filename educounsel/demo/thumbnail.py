"""Flat little pictures for the cards of materi: two for each bidang."""

from collections.abc import Callable, Iterable
from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageDraw

type Point = tuple[float, float]

WIDTH, HEIGHT = 304, 368
# Drawn larger and shrunk once at the end: Pillow's own edges are jagged.
SCALE = 4

PINE_900, PINE_700, PINE_600 = "#0d3b36", "#0f5f57", "#12766c"
PINE_300, PINE_100, PINE_50 = "#8ccabd", "#d7efe9", "#ecf7f4"
SUN_600, SUN_300, SUN_200, SUN_100 = "#a85b00", "#ffc46b", "#ffe2b0", "#fff0d6"
SAND_0, SAND_100, SAND_300 = "#ffffff", "#f2eee6", "#ddd6c9"


class Sheet:
    """A picture to draw on, in the pixels of the finished thumbnail."""

    def __init__(self, background: str) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), background)
        self.pen = ImageDraw.Draw(self.image)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        self.pen.circle((x * SCALE, y * SCALE), radius * SCALE, colour)

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: str, round_: float = 0
    ) -> None:
        corners = [left * SCALE, top * SCALE, right * SCALE, bottom * SCALE]
        self.pen.rounded_rectangle(corners, round_ * SCALE, colour)

    def shape(self, points: Iterable[Point], colour: str) -> None:
        self.pen.polygon(_scaled(points), colour)

    def stroke(self, points: Iterable[Point], width: float, colour: str) -> None:
        line = list(points)
        self.pen.line(_scaled(line), colour, round(width * SCALE), joint="curve")
        for x, y in (line[0], line[-1]):
            self.disc(x, y, width / 2, colour)

    def webp(self) -> bytes:
        out = BytesIO()
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(out, "WEBP", quality=82, method=6)
        return out.getvalue()


def draw_thumbnail(bidang: str, variant: int) -> bytes:
    """A WebP of 304x368, four pixels for each of the card's 76x92."""
    drawings = DRAWINGS[bidang]
    return drawings[variant % len(drawings)]().webp()


def _scaled(points: Iterable[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]


def _curve(start: Point, pull: Point, push: Point, end: Point) -> list[Point]:
    """A cubic Bézier curve as a line of short steps."""

    def at(t: float, axis: int) -> float:
        a, b, c, d = start[axis], pull[axis], push[axis], end[axis]
        s = 1 - t
        return s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d

    return [(at(step / 60, 0), at(step / 60, 1)) for step in range(61)]


def _arc(x: float, y: float, radius: Point, start: float, end: float) -> list[Point]:
    """Part of an ellipse; angles in half turns, clockwise from the right."""
    angles = [(start + (end - start) * step / 60) * pi for step in range(61)]
    return [(x + radius[0] * cos(angle), y + radius[1] * sin(angle)) for angle in angles]


def _hill(sheet: Sheet, top: float, lean: float, colour: str) -> None:
    ridge = _curve((0, top + lean), (90, top - 40), (210, top + 30), (WIDTH, top - lean))
    sheet.shape([*ridge, (WIDTH, HEIGHT), (0, HEIGHT)], colour)


def _person(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    """A head and shoulders; x and y are the middle of the lower edge."""
    sheet.shape(_arc(x, y, (size * 0.9, size * 1.15), 1, 2), colour)
    sheet.disc(x, y - size * 1.75, size * 0.52, colour)


def _leaf(sheet: Sheet, foot: Point, tip: Point, colours: tuple[str, str]) -> None:
    """A leaf from its foot to its tip, with a midrib."""
    (x, y), (along, across) = foot, (tip[0] - foot[0], tip[1] - foot[1])

    def at(length: float, side: float) -> Point:
        return (x + along * length - across * side, y + across * length + along * side)

    left = _curve(foot, at(0.05, 0.42), at(0.7, 0.38), tip)
    right = _curve(tip, at(0.7, -0.38), at(0.05, -0.42), foot)
    sheet.shape([*left, *right], colours[0])
    sheet.stroke([foot, at(0.82, 0)], 5, colours[1])


def _leaves() -> Sheet:
    sheet = Sheet(PINE_50)
    sheet.disc(152, 168, 118, PINE_100)
    sheet.disc(222, 92, 30, SUN_300)
    sheet.stroke(_curve((146, 348), (150, 300), (148, 260), (152, 220)), 8, PINE_700)
    _leaf(sheet, (152, 236), (160, 66), (PINE_600, PINE_300))
    _leaf(sheet, (148, 290), (64, 190), (PINE_300, PINE_600))
    _leaf(sheet, (148, 308), (246, 226), (PINE_700, PINE_300))
    return sheet


def _bubbles() -> Sheet:
    sheet = Sheet(PINE_50)
    sheet.disc(150, 190, 146, PINE_100)
    sheet.box(96, 64, 268, 194, PINE_600, 44)
    sheet.shape([(206, 180), (250, 180), (244, 226)], PINE_600)
    sheet.box(36, 162, 208, 296, SAND_0, 44)
    sheet.shape([(60, 280), (106, 290), (64, 332)], SAND_0)
    _heart(sheet, 122, 226, 34, SUN_300)
    for x in (154, 182, 210):
        sheet.disc(x, 118, 8, PINE_100)
    return sheet


def _heart(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    top = (x, y - size * 0.45)
    foot = (x, y + size)
    left = _curve(top, (x - size * 0.5, y - size * 1.4), (x - size * 2.1, y - size * 0.2), foot)
    right = _curve(foot, (x + size * 2.1, y - size * 0.2), (x + size * 0.5, y - size * 1.4), top)
    sheet.shape([*left, *right], colour)


def _two_apart() -> Sheet:
    sheet = Sheet(SAND_100)
    sheet.disc(206, 124, 74, SUN_100)
    sheet.disc(206, 124, 46, SUN_300)
    _hill(sheet, 246, -26, PINE_100)
    _person(sheet, 224, 268, 36, PINE_300)
    _hill(sheet, 288, 22, PINE_300)
    _person(sheet, 102, 322, 64, PINE_700)
    _hill(sheet, 326, -4, PINE_600)
    return sheet


def _umbrella() -> Sheet:
    sheet = Sheet(PINE_50)
    for x, y in ((40, 70), (92, 34), (216, 40), (268, 84), (24, 168), (284, 176)):
        sheet.stroke([(x, y), (x - 6, y + 22)], 6, PINE_300)
    _hill(sheet, 312, 6, PINE_100)
    _person(sheet, 112, 326, 46, PINE_600)
    _person(sheet, 202, 326, 46, PINE_700)
    sheet.stroke([(156, 90), (156, 300)], 7, SUN_600)
    canopy = _arc(156, 192, (122, 112), 1, 2)
    scallops = [p for x in (237.3, 156, 74.7) for p in _arc(x, 192, (40.7, 16), 2, 1)]
    sheet.shape([*canopy, *scallops], SUN_300)
    sheet.shape([*_arc(156, 192, (41, 112), 1, 2), *_arc(156, 192, (40.7, 16), 2, 1)], SUN_100)
    sheet.disc(156, 80, 8, SUN_600)
    _hill(sheet, 318, -8, PINE_300)
    return sheet


def _desk() -> Sheet:
    sheet = Sheet(PINE_100)
    sheet.shape([(112, 108), (192, 108), (272, 292), (32, 292)], SUN_100)
    sheet.stroke([(152, 0), (152, 60)], 6, PINE_900)
    sheet.disc(152, 106, 15, SAND_0)
    sheet.shape(_arc(152, 108, (54, 56), 1, 2), SUN_300)
    sheet.box(0, 286, WIDTH, HEIGHT, PINE_700)
    for left, top, colour in ((86, 262, PINE_600), (98, 238, SUN_300), (80, 214, PINE_900)):
        sheet.box(left, top, left + 128, top + 24, colour, 6)
        sheet.box(left + 14, top + 9, left + 116, top + 15, SAND_100, 3)
    _open_book(sheet, 152, 212)
    return sheet


def _open_book(sheet: Sheet, x: float, y: float) -> None:
    """An open book standing on y, its spine at x."""
    sheet.shape(
        [(x - 82, y - 52), (x, y - 40), (x + 82, y - 52), (x + 82, y), (x - 82, y)], PINE_600
    )
    for side in (-1, 1):
        upper = _page_edge(x, y - 44, side)
        lower = _page_edge(x, y - 4, side)
        sheet.shape([*upper, *reversed(lower)], SAND_0)
    sheet.stroke([(x, y - 42), (x, y - 6)], 3, SAND_300)


def _page_edge(x: float, y: float, side: int) -> list[Point]:
    return _curve((x, y), (x + side * 20, y - 18), (x + side * 50, y - 14), (x + side * 74, y - 6))


def _night() -> Sheet:
    sheet = Sheet(PINE_900)
    sheet.disc(196, 100, 58, SUN_300)
    sheet.disc(172, 86, 50, PINE_900)
    for x, y, radius in ((56, 62, 5), (98, 126, 4), (262, 40, 4), (40, 170, 4), (268, 178, 5)):
        sheet.disc(x, y, radius, SUN_100)
    _hill(sheet, 262, 14, PINE_700)
    _sleeping_phone(sheet, 106, 176)
    _hill(sheet, 318, -10, PINE_600)
    return sheet


def _sleeping_phone(sheet: Sheet, left: float, top: float) -> None:
    sheet.box(left, top, left + 92, top + 166, PINE_100, 16)
    sheet.box(left + 8, top + 14, left + 84, top + 152, PINE_700, 8)
    for x in (left + 30, left + 62):
        sheet.stroke(_arc(x, top + 62, (9, 7), 0, 1), 4, PINE_100)
    sheet.stroke(_arc(left + 46, top + 84, (8, 6), 0, 1), 4, SUN_300)


def _path() -> Sheet:
    sheet = Sheet(SUN_100)
    sheet.disc(196, 118, 84, SUN_200)
    sheet.disc(196, 118, 52, SUN_300)
    _hill(sheet, 176, -18, PINE_300)
    _hill(sheet, 222, 24, PINE_600)
    near = _curve((84, HEIGHT), (60, 300), (250, 300), (206, 216))
    far = _curve((212, 217), (290, 300), (160, 300), (190, HEIGHT))
    sheet.shape([*near, *far], SAND_0)
    for x, y, height in ((46, 262, 70), (262, 330, 84), (84, 244, 46)):
        _tree(sheet, x, y, height)
    return sheet


def _tree(sheet: Sheet, x: float, y: float, height: float) -> None:
    sheet.stroke([(x, y), (x, y - height * 0.5)], 5, SUN_600)
    crown = _arc(x, y - height * 0.66, (height * 0.27, height * 0.42), 0, 2)
    sheet.shape(crown, PINE_700)


def _signpost() -> Sheet:
    sheet = Sheet(SUN_100)
    sheet.disc(152, 170, 126, SUN_200)
    _hill(sheet, 292, 12, PINE_300)
    sheet.box(144, 44, 160, 340, SUN_600, 8)
    for y, side, colour in ((70, 1, PINE_600), (130, -1, SUN_300), (190, 1, PINE_700)):
        _board(sheet, y, side, colour)
    _hill(sheet, 322, -10, PINE_600)
    return sheet


def _board(sheet: Sheet, top: float, side: int, colour: str) -> None:
    """An arrow on the post, to the right (1) or to the left (-1)."""
    corners = ((-70, 0), (76, 0), (104, 23), (76, 46), (-70, 46))
    sheet.shape([(152 + side * x, top + y) for x, y in corners], colour)
    sheet.stroke([(152 - side * 44, top + 23), (152 + side * 50, top + 23)], 7, SAND_0)


DRAWINGS: dict[str, tuple[Callable[[], Sheet], ...]] = {
    "pribadi": (_leaves, _bubbles),
    "sosial": (_two_apart, _umbrella),
    "belajar": (_desk, _night),
    "karir": (_path, _signpost),
}
