from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from educounsel.materi import uploads
from educounsel.materi.uploads import UploadRefused, read_pdf, read_thumbnail
from tests.materi import files


def refusal_of(read: object, data: bytes) -> str:
    with pytest.raises(UploadRefused) as refused:
        read(data)  # type: ignore[operator]
    return refused.value.sentence


def test_a_pdf_keeps_its_pages_and_words() -> None:
    pdf = read_pdf(files.pdf())
    assert tuple(page.strip() for page in pdf.pages) == files.PAGES
    with pikepdf.open(BytesIO(pdf.data)) as document:
        assert document.is_linearized


def test_nothing_that_runs_or_hides_is_left_in_a_pdf() -> None:
    with pikepdf.open(BytesIO(read_pdf(files.armed_pdf()).data)) as document:
        written = b"".join(_everything_in(thing) for thing in document.objects)
        notes = list(document.pages[0].obj.Annots)
        kinds = [str(note.Subtype) for note in notes]
        actions = [str(note.A.S) for note in notes if "/A" in note]
    for word in (b"JavaScript", b"app.alert", b"Launch", b"calc.exe", b"hidden program", b"XFA"):
        assert word not in written
    assert (kinds, actions) == (["/Link"] * 3 + ["/Text"], ["/GoTo", "/URI"])


def _everything_in(thing: pikepdf.Object) -> bytes:
    stream = thing.read_raw_bytes() if isinstance(thing, pikepdf.Stream) else b""
    return stream + thing.unparse(resolved=True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", uploads.NOT_A_PDF),
        (b"<html><script>alert(1)</script></html>", uploads.NOT_A_PDF),
        (b"<html><!-- " + files.pdf() + b" --></html>", uploads.NOT_A_PDF),
        (b"%PDF-1.7\nnothing else", uploads.BROKEN),
        (files.pdf()[:300], uploads.BROKEN),
        (files.locked_pdf("siapa"), uploads.LOCKED),
        (files.locked_pdf(""), uploads.LOCKED),
        (files.long_pdf(201), uploads.TOO_LONG),
        (b"%PDF-1.7" + bytes(uploads.PDF_BYTES), uploads.TOO_LARGE_A_PDF),
    ],
    ids=["empty", "html", "polyglot", "stub", "cut", "locked", "restricted", "long", "large"],
)
def test_what_is_no_good_pdf_is_refused_with_a_reason(data: bytes, sentence: str) -> None:
    assert refusal_of(read_pdf, data) == sentence


def test_what_follows_a_pdf_is_not_kept() -> None:
    assert b"<script>" not in read_pdf(files.pdf() + b"<script>alert(1)</script>").data


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(640, 480), (20, 900), (1, 1)])
def test_a_picture_becomes_a_small_webp_of_one_size(kind: str, size: tuple[int, int]) -> None:
    thumbnail = Image.open(BytesIO(read_thumbnail(files.picture(kind, size))))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (304, 368))


def test_the_busiest_picture_stays_light_enough_for_a_list_of_twelve() -> None:
    assert len(read_thumbnail(files.noisy_picture())) <= uploads.THUMBNAIL_STORED_BYTES


def test_a_see_through_picture_lies_on_white() -> None:
    clear = BytesIO()
    Image.new("RGBA", (400, 400), (0, 0, 0, 0)).save(clear, "PNG")
    thumbnail = Image.open(BytesIO(read_thumbnail(clear.getvalue())))
    assert thumbnail.convert("RGB").getpixel((10, 10)) == (255, 255, 255)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", uploads.NOT_A_PICTURE),
        (SVG, uploads.NOT_A_PICTURE),
        (files.picture("GIF", mode="L"), uploads.NOT_A_PICTURE),
        (files.pdf(), uploads.NOT_A_PICTURE),
        (files.picture()[:200], uploads.NOT_A_PICTURE),
        (files.huge_png(6000, 5000), uploads.TOO_MANY_PIXELS),
        (files.huge_png(50_000, 50_000), uploads.TOO_MANY_PIXELS),
        (bytes(uploads.THUMBNAIL_BYTES + 1), uploads.TOO_LARGE_A_PICTURE),
    ],
    ids=["empty", "svg", "gif", "pdf", "cut", "many-pixels", "bomb", "large"],
)
def test_what_is_no_good_picture_is_refused_with_a_reason(data: bytes, sentence: str) -> None:
    assert refusal_of(read_thumbnail, data) == sentence
