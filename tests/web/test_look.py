"""What a reader sees: colours that can be told apart, icons that are drawn, small files."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

APPS = Path(settings.BASE_DIR) / "educounsel"
STATIC = APPS / "web/static/web"
CSS = (STATIC / "css/app.css").read_text()

TEXT, EDGE = 4.5, 3.0
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("text", "muted") for ground in ("surface", "raised", "sunken")],
    *[(ink, "surface") for ink in ("accent-strong", "warm", "urgent")],
    *[(ink, "raised") for ink in ("accent-strong", "warm", "urgent")],
    ("accent-strong", "accent-soft"),
    ("muted", "accent-soft"),
    ("warm", "warm-soft"),
    ("urgent", "urgent-soft"),
    ("text", "urgent-soft"),
    ("on-accent", "accent"),
    ("on-urgent", "urgent"),
    ("on-deep", "deep"),
    ("on-deep-soft", "deep"),
    ("on-notice", "notice"),
]
EDGE_PAIRS = [
    *[(edge, ground) for edge in ("edge", "accent") for ground in ("surface", "raised")],
    ("accent", "accent-soft"),
]
PAIRS = [(*pair, TEXT) for pair in TEXT_PAIRS] + [(*pair, EDGE) for pair in EDGE_PAIRS]


def colours(mode: str) -> dict[str, str]:
    """The meanings of app.css as raw colours, by day or by night."""
    raw = dict(re.findall(r"--([a-z]+-\d+): (#[0-9a-f]{6});", CSS))
    found = {}
    for name, value in re.findall(r"--([a-z-]+): (var\(.+\));", CSS):
        halves = dict(re.findall(r"var\(--(day|night), var\(--([a-z0-9-]+)\)\)", value))
        plain = re.fullmatch(r"var\(--([a-z0-9-]+)\)", value)
        if source := halves.get(mode) or (plain and plain[1]):
            found[name] = raw[source]
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["day", "night"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_colours_can_be_told_apart(mode: str, ink: str, ground: str, least: float) -> None:
    found = colours(mode)
    assert contrast(found[ink], found[ground]) >= least


def named_icons() -> Iterator[str]:
    for template in APPS.glob("*/templates/**/*.html"):
        source = template.read_text()
        yield from re.findall(r'{% (?:icon|empty_state) "([a-z-]+)"', source)
        yield from re.findall(r'{% nav_item "[^"]+" "([a-z-]+)"', source)
        yield from re.findall(r'{% include "web/_notice.html" with icon="([a-z-]+)"', source)


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    assert set(named_icons()) - drawn == set()


def test_the_look_stays_small_for_slow_phones() -> None:
    scripts = b"".join(path.read_bytes() for path in STATIC.glob("js/*.js"))
    assert len(gzip.compress(CSS.encode())) <= 15 * 1024
    assert len(gzip.compress(scripts)) <= 10 * 1024


def test_no_template_carries_a_style_or_a_script_of_its_own() -> None:
    """The content security policy would refuse it. A mail has no style sheet and no such policy."""
    inline = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", re.IGNORECASE)
    guilty = [
        path.name
        for path in APPS.glob("*/templates/**/*.html")
        if path.name != "mail.html" and inline.search(path.read_text())
    ]
    assert guilty == []
