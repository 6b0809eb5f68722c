from io import BytesIO

from PIL import Image

from educounsel.demo.thumbnail import draw_thumbnail

BIDANG = ("pribadi", "sosial", "belajar", "karir")
DRAWN = [draw_thumbnail(bidang, variant) for bidang in BIDANG for variant in (0, 1)]


def test_the_eight_drawings_differ() -> None:
    assert len({_pixels(webp) for webp in DRAWN}) == 8


def test_a_drawing_is_a_small_portrait_webp() -> None:
    for webp in DRAWN:
        image = Image.open(BytesIO(webp))
        assert (image.format, image.size) == ("WEBP", (304, 368))
        assert len(webp) <= 8 * 1024


def test_variants_go_round() -> None:
    assert draw_thumbnail("karir", 3) == draw_thumbnail("karir", 1)


def _pixels(webp: bytes) -> bytes:
    return Image.open(BytesIO(webp)).tobytes()
