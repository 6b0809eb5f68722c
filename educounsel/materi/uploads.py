"""Files from outside: judged by their content and written anew. Nothing is kept as it came."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pikepdf
import pypdfium2
from PIL import Image, ImageOps

PDF_BYTES = 10 * 1024 * 1024
PDF_PAGES = 200
THUMBNAIL_BYTES = 2 * 1024 * 1024
# Four pixels for each of the card's 76 x 92: sharp on every phone.
THUMBNAIL_SIZE = (304, 368)
THUMBNAIL_STORED_BYTES = 40_000
# About the camera of a phone; decoded this takes 75 MB.
PIXELS = 25_000_000

# What acts by itself or carries another file, by the keys of ISO 32000.
ACTIVE_KEYS = ("/AA", "/OpenAction", "/JavaScript", "/JS", "/EmbeddedFiles", "/EF", "/AF", "/XFA")
ACTIVE_ANNOTATIONS = ("/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/Sound", "/3D")
ACTION_KEYS = ("/A", "/PA", "/Next")
HARMLESS_ACTIONS = ("/GoTo", "/URI", "/Named")

NOT_A_PDF = "Berkas ini bukan PDF. Pilih berkas yang berakhiran .pdf."
TOO_LARGE_A_PDF = "PDF ini lebih besar dari 10 MB. Kecilkan dulu, lalu pilih lagi."
LOCKED = "PDF ini terkunci. Simpan ulang tanpa kata sandi, lalu pilih lagi."
BROKEN = "PDF ini rusak dan tidak bisa dibuka. Simpan ulang, lalu pilih lagi."
TOO_LONG = f"PDF ini harus berisi 1 sampai {PDF_PAGES} halaman."
NOT_A_PICTURE = "Gambar ini tidak bisa dibuka. Pilih gambar PNG, JPEG, atau WebP."
TOO_LARGE_A_PICTURE = "Gambar ini lebih besar dari 2 MB. Kecilkan dulu, lalu pilih lagi."
TOO_MANY_PIXELS = "Gambar ini terlalu besar ukurannya. Pilih yang paling besar 5000 x 5000 piksel."

# PDFium keeps one state for the whole process.
pdfium = threading.Lock()


class UploadRefused(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Pdf:
    data: bytes
    pages: tuple[str, ...]  # the words of each


NO_PDF = Pdf(b"", ())


def read_pdf(data: bytes) -> Pdf:
    """The same pages without anything that runs, in the order in which a slow phone needs them."""
    if len(data) > PDF_BYTES:
        raise UploadRefused(TOO_LARGE_A_PDF)
    if not data.lstrip().startswith(b"%PDF-"):
        raise UploadRefused(NOT_A_PDF)
    harmless = _rewritten(data)
    return Pdf(harmless, tuple(_words_of(harmless)))


def _rewritten(data: bytes) -> bytes:
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            return _disarmed(pdf)
    except pikepdf.PasswordError as error:
        raise UploadRefused(LOCKED) from error
    # pikepdf lets what is wrong inside a broken file out as it meets it.
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise UploadRefused(BROKEN) from error


def _disarmed(pdf: pikepdf.Pdf) -> bytes:
    if pdf.is_encrypted:
        raise UploadRefused(LOCKED)
    if not 1 <= len(pdf.pages) <= PDF_PAGES:
        raise UploadRefused(TOO_LONG)
    for thing in pdf.objects:
        _disarm(thing)
    out = BytesIO()
    pdf.save(out, linearize=True)
    return out.getvalue()


def _disarm(thing: pikepdf.Object) -> None:
    """Takes away what is active here and in what is written inside it; what it only refers to is
    another of the file's objects."""
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for key in list(thing.keys()):
            if key in ACTIVE_KEYS or (key in ACTION_KEYS and _acts(thing[key])):
                del thing[key]
        if thing.get("/Subtype") in ACTIVE_ANNOTATIONS:
            thing["/Subtype"] = pikepdf.Name.Text
    for part in _written_inside(thing):
        _disarm(part)


def _acts(action: pikepdf.Object) -> bool:
    if isinstance(action, pikepdf.Array):
        return any(_acts(each) for each in action)
    kind = action.get("/S") if isinstance(action, pikepdf.Dictionary) else None
    return kind is not None and kind not in HARMLESS_ACTIONS


def _written_inside(thing: pikepdf.Object) -> Iterator[pikepdf.Object]:
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        parts = [thing[key] for key in thing.keys()]  # noqa: SIM118  # it is no mapping
    else:
        parts = list(thing) if isinstance(thing, pikepdf.Array) else []
    for part in parts:
        if isinstance(part, pikepdf.Dictionary | pikepdf.Array) and not part.is_indirect:
            yield part


def _words_of(data: bytes) -> Iterator[str]:
    with pdfium:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise UploadRefused(BROKEN) from error
        try:
            for page in document:
                yield page.get_textpage().get_text_range()
        finally:
            document.close()


def read_thumbnail(data: bytes) -> bytes:
    """A small WebP of the picture's middle."""
    if len(data) > THUMBNAIL_BYTES:
        raise UploadRefused(TOO_LARGE_A_PICTURE)
    try:
        return _small(_decoded(data))
    except Image.DecompressionBombError as error:
        raise UploadRefused(TOO_MANY_PIXELS) from error
    # Pillow lets what is wrong inside a broken picture out as it meets it.
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UploadRefused(NOT_A_PICTURE) from error


def _decoded(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
    if picture.width * picture.height > PIXELS:  # known before a pixel is decoded
        raise UploadRefused(TOO_MANY_PIXELS)
    return ImageOps.exif_transpose(picture)


def _small(picture: Image.Image) -> bytes:
    cover = ImageOps.fit(picture.convert("RGBA"), THUMBNAIL_SIZE)
    paper = Image.new("RGBA", THUMBNAIL_SIZE, "white")
    flat = Image.alpha_composite(paper, cover).convert("RGB")
    for quality in (82, 60, 40, 20):
        out = BytesIO()
        flat.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= THUMBNAIL_STORED_BYTES:
            break
    return out.getvalue()
