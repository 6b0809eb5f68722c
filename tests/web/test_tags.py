"""The tags that every template may use."""

from datetime import timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone

from educounsel.web.templatetags.web import ago, initials, tel


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_an_icon_is_decoration() -> None:
    assert render('{% icon "bell" %}') == (
        '<svg class="icon" aria-hidden="true"><use href="/static/web/icons.svg#bell"/></svg>'
    )


def test_an_icon_with_a_label_says_it() -> None:
    drawing = render('{% icon "lock" label %}', label='"Rahasia"')
    assert 'role="img" aria-label="&quot;Rahasia&quot;"' in drawing
    assert "aria-hidden" not in drawing


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Sari", "S"),
        ("Sari Ayu Lestari", "SL"),
        ("Bu Rina Nuraini, S.Pd.", "RN"),
        ("Drs. budi santoso", "BS"),
        ("", ""),
    ],
)
def test_initials_leave_out_titles_and_degrees(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("129", "129"),
        ("08111-129-129", "08111129129"),
        ("119 ext 8", "119,8"),
        ("+62 21 5", "+62215"),
    ],
)
def test_a_number_becomes_what_a_phone_dials(number: str, dialled: str) -> None:
    assert tel(number) == dialled


class Topic(forms.Form):
    title = forms.CharField(label="Judul", max_length=5)
    kind = forms.ChoiceField(
        label="Bidang", choices=[("karir", "Karir")], widget=forms.RadioSelect, required=False
    )


def test_a_field_ties_hint_and_error_to_its_control() -> None:
    form = Topic({"title": "terlalu panjang"})
    html = render("{% field form.title hint=hint %}", form=form, hint="Pendek & jelas")
    assert '<label for="id_title">Judul</label>' in html
    assert '<div class="hint" id="id_title_helptext">Pendek &amp; jelas</div>' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<ul class="errorlist" id="id_title_error">' in html
    assert 'value="terlalu panjang"' in html


def test_a_field_of_choices_is_a_named_group() -> None:
    html = render("{% field form.kind %}", form=Topic())
    assert html.count("<fieldset") == html.count("</fieldset>") == 1
    assert "<legend>Bidang <small>boleh kosong</small></legend>" in html


def test_an_empty_state_offers_a_way_on() -> None:
    html = render('{% empty_state "book" "Belum ada" "Nanti ada." "/x" "Buka" %}')
    assert '<a class="btn quiet" href="/x">Buka</a>' in html


def test_an_empty_state_without_a_way_on_has_no_link() -> None:
    assert "<a" not in render('{% empty_state "book" "Belum ada" %}')


@pytest.mark.parametrize(
    ("address", "current"), [("/account/password", True), ("/login", True), ("/", False)]
)
def test_a_menu_item_is_current_on_every_page_of_its_app(address: str, current: bool) -> None:
    request = RequestFactory().get(address)
    request.resolver_match = resolve(address)
    html = render('{% nav_item "accounts:account" "person" "Akun" %}', request=request)
    assert ('aria-current="page"' in html) is current


def test_a_menu_stands_on_a_page_of_no_app() -> None:
    request = RequestFactory().get("/tidak-ada")
    html = render('{% nav_item "accounts:account" "person" "Akun" %}', request=request)
    assert "aria-current" not in html


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=59), "baru saja"),
        (timedelta(minutes=5), "5\xa0menit lalu"),
        (timedelta(days=15), "2\xa0minggu lalu"),
    ],
)
def test_an_age_is_said_in_one_unit(past: timedelta, words: str) -> None:
    assert ago(timezone.now() - past) == words
