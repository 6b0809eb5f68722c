import re
from html.parser import HTMLParser

import pytest

from educounsel.materi.reading import Section, anchor_of, as_html, minutes_to_read, sections_of


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[tekan](javascript:alert(1))",
        "[tekan](data:text/html,<script>alert(1)</script>)",
        "[tekan](JaVaScRiPt&#58;alert(1))",
        '<a href="https://x.example" onclick="alert(1)">x</a>',
        "<svg onload=alert(1)>",
        "<iframe src=https://x.example></iframe>",
        "```html\n<script>alert(1)</script>\n```",
        '[x](https://x.example "a\\" onmouseover=\\"alert(1)")',
        "![x](https://mata.example/siapa.png)",
    ],
)
def test_nothing_that_runs_or_calls_home_comes_out(attack: str) -> None:
    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in {"p", "a", "pre", "code"}
            assert {name for name, _ in attrs} <= {"href", "rel", "title"}
            assert all(str(v).startswith("https:") for name, v in attrs if name == "href")

    Reader().feed(as_html(attack))


def test_the_outermost_heading_is_an_h2_and_the_rest_keep_their_distance() -> None:
    for outer, inner in (("#", "##"), ("##", "###"), ("###", "####")):
        html = as_html(f"{outer} Satu\n\n{inner} Dua")
        assert html == '<h2 id="bagian-satu">Satu</h2>\n<h3 id="bagian-dua">Dua</h3>\n'


def test_a_section_is_found_by_its_name_and_an_id_stands_once() -> None:
    html = as_html("## Napas *4-6*, pelan!\n\nSatu\n\n## Napas 4-6 pelan\n\nDua\n\n## 呼吸\n")
    assert re.findall(r"<h2.*?>", html) == ['<h2 id="bagian-napas-4-6-pelan">', "<h2>", "<h2>"]
    assert anchor_of("Napas 4-6, pelan!") == "bagian-napas-4-6-pelan"
    assert anchor_of("") == anchor_of("呼吸") == "text"


def test_an_anchor_of_a_long_heading_is_short_and_the_same_on_the_page() -> None:
    heading = "Kata " * 50
    assert f'id="{anchor_of(heading[:255])}"' in as_html(f"## {heading}")
    assert len(anchor_of(heading)) < 70


def test_a_link_takes_nothing_along() -> None:
    assert as_html("[BK](https://bk.example)") == (
        '<p><a href="https://bk.example" rel="noopener nofollow">BK</a></p>\n'
    )


def test_a_quotation_is_a_quotation() -> None:
    assert as_html("> Pelan tidak apa.") == (
        "<blockquote>\n<p>Pelan tidak apa.</p>\n</blockquote>\n"
    )


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (200, 1), (201, 2), (900, 5)])
def test_reading_takes_a_minute_for_200_words(words: int, minutes: int) -> None:
    assert minutes_to_read("kata " * words) == minutes


def test_sections_are_the_plain_words_under_each_heading() -> None:
    body = "Mulai *pelan*\nsaja.\n\n## Napas `4-6`\n\n- Tarik **napas**\n- Lepas\n\n## Kosong\n"
    assert sections_of(body) == [
        Section("", ["Mulai pelan saja."]),
        Section("Napas 4-6", ["Tarik napas", "Lepas"]),
    ]
