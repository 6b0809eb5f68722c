"""MATERI: a student finds one, reads its text and its PDF, and takes it along."""

import re

from playwright.sync_api import Page, expect

from tests.flows.conftest import IN_PRODUCTION, PhoneOf


def test_a_student_searches_reads_and_downloads(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    sari.get_by_role("link", name="Materi", exact=True).click()
    sari.get_by_role("searchbox").fill("deg2an mau ujian")
    sari.get_by_role("searchbox").press("Enter")
    found = sari.get_by_role("heading", name="Menenangkan diri sebelum ujian")
    expect(found).to_be_visible()
    card = sari.locator(".card", has=found)
    card.get_by_role("link", name=re.compile("Baca")).click()
    expect(sari.get_by_role("heading", level=1)).to_contain_text("Menenangkan diri")
    expect(sari.get_by_text("Tangan dingin, jantung cepat")).to_be_visible()

    sari.get_by_role("link", name="Lihat File PDF").click()
    expect_ink(sari)
    with sari.expect_download() as download:
        sari.get_by_role("link", name=re.compile("Unduh")).first.click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def expect_ink(page: Page) -> None:
    """The first page is drawn: its canvas, which comes when it is done, has many colours."""
    assert page.locator("canvas").first.evaluate(COLOURS) > 20


COLOURS = """(canvas) => {
  const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(new Uint32Array(dots.buffer)).size;
}"""


def test_a_citation_opens_the_pdf_at_its_page(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    sari.goto("/student/materi?q=ujian")
    file = sari.get_by_role("link", name=re.compile("Unduh")).first.get_attribute("href") or ""
    sari.goto(file.replace("/file?unduh=1", "?tab=pdf#hal-2"))
    expect(sari.locator("[data-page]")).to_have_text("2")
    sari.evaluate("location.hash = '#hal-1'")
    expect(sari.locator("[data-page]")).to_have_text("1")


def test_a_file_stays_with_the_person_it_was_opened_for(phone_of: PhoneOf) -> None:
    sari, dodi = phone_of("Sari Amelia"), phone_of("Andi Fadhil")
    sari.goto("/student/materi?q=ujian")
    address = sari.get_by_role("link", name=re.compile("Unduh")).first.get_attribute("href")
    assert address
    whole = sari.request.get(address)
    link = whole.url
    assert (whole.status, whole.body()[:5]) == (200, b"%PDF-")
    part = sari.request.get(link, headers={"Range": "bytes=0-99"})
    assert (part.status, len(part.body())) == (206, 100)
    assert dodi.request.get(address).status == 404
    # CloudFront knows no sessions: there the link itself opens the file, for some minutes.
    assert dodi.request.get(link).status == (200 if IN_PRODUCTION else 404)
