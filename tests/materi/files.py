"""Files as people send them: good ones, and those that want something."""

import zlib
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

PAGES = ("Tarik napas empat hitungan.", "Tahan, lalu keluarkan enam hitungan.")


def pdf(*pages: str) -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    for page in pages or PAGES:
        canvas.drawString(72, 720, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def armed_pdf() -> bytes:
    """Everything at once: scripts on opening, by name, on a page, on a link; a program; a file."""
    with pikepdf.open(BytesIO(pdf())) as document:
        script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        launch = Dictionary(S=Name.Launch, F=String("calc.exe"))
        hidden = document.make_indirect(Stream(document, b"MZ hidden program"))
        document.Root.OpenAction = document.make_indirect(script)
        document.Root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array([String("a"), document.make_indirect(script)])),
            EmbeddedFiles=Dictionary(
                Names=Array([String("b"), Dictionary(Type=Name.Filespec, EF=Dictionary(F=hidden))])
            ),
        )
        document.Root.AcroForm = Dictionary(Fields=Array(), XFA=String("<xdp/>"))
        page = document.pages[0]
        page.obj.AA = Dictionary(O=script)
        page.obj.Annots = Array(
            [
                _annotation("/Link", A=launch),
                _annotation("/Link", A=Dictionary(S=Name.GoTo, D=Name.x, Next=Array([script]))),
                _annotation(
                    "/Link", A=Dictionary(S=Name.URI, URI=String("https://belajar.example"))
                ),
                document.make_indirect(_annotation("/FileAttachment", FS=Dictionary(EF=hidden))),
            ]
        )
        return _saved(document)


def _annotation(kind: str, **more: Any) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name(kind), Rect=Array([0, 0, 9, 9]), **more)


def locked_pdf(password: str) -> bytes:
    with pikepdf.open(BytesIO(pdf())) as document:
        return _saved(document, encryption=pikepdf.Encryption(owner="rahasia", user=password))


def long_pdf(pages: int) -> bytes:
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        return _saved(document)


def _saved(document: pikepdf.Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    out = BytesIO()
    document.save(out, encryption=encryption or False)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 480), mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, size, "teal" if mode != "L" else 90).save(out, kind)
    return out.getvalue()


def noisy_picture() -> bytes:
    """What compresses worst."""
    out = BytesIO()
    Image.effect_noise((900, 900), 120).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of this size."""
    out = BytesIO()
    Image.new("1", (1, 1)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = width.to_bytes(4) + height.to_bytes(4)
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)
    return bytes(data)
