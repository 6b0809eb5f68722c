import re
from datetime import UTC, datetime

import pypdfium2
import pytest
import time_machine

from educounsel.demo.content import MateriText, load_materi
from educounsel.demo.pdf import build_pdf

WITH_PDF = [materi for materi in load_materi() if materi.has_pdf]


@pytest.mark.parametrize("materi", WITH_PDF, ids=lambda materi: materi.slug)
def test_a_booklet_has_several_pages_of_selectable_text(materi: MateriText) -> None:
    pages = _pages(_build(materi))
    text = " ".join(pages)
    headings = re.findall(r"^## (.+)$", materi.body, re.MULTILINE)
    assert len(pages) >= 3
    assert materi.title in pages[0]
    assert [heading for heading in headings if heading not in text] == []


def test_a_booklet_carries_title_and_author() -> None:
    document = pypdfium2.PdfDocument(_build(WITH_PDF[0]))
    assert document.get_metadata_value("Title") == WITH_PDF[0].title
    assert document.get_metadata_value("Author") == "Bu Rina Nuraini"


def test_pages_after_the_cover_are_numbered() -> None:
    cover, *rest = _pages(_build(WITH_PDF[0]))
    assert not cover.endswith("1")
    assert all(page.endswith(f" {number}") for number, page in enumerate(rest, start=2))


def test_builds_of_two_days_are_the_same_bytes() -> None:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC)):
        first = _build(WITH_PDF[0])
    with time_machine.travel(datetime(2030, 1, 2, tzinfo=UTC)):
        assert _build(WITH_PDF[0]) == first


def test_markup_in_the_words_stays_words() -> None:
    body = "Nilai <b>70</b> & `a < b`,\n*remedi*  \nlagi"
    text = " ".join(_pages(build_pdf("A & <i>B</i>", "karir", "Bu <b>R</b>", body)))
    assert "A & <i>B</i> Bu <b>R</b>" in text
    assert "Nilai <b>70</b> & a < b, remedi lagi" in text


def test_a_block_that_has_no_place_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="fence"):
        build_pdf("Judul", "karir", "Bu Rina", "```\nkode\n```")


def _build(materi: MateriText) -> bytes:
    return build_pdf(materi.title, materi.bidang, "Bu Rina Nuraini", materi.body)


def _pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
