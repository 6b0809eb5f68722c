"""Who knows the present password chooses another; what is wrong is said as to a student."""

import re

import pytest
from django.test import Client

from educounsel.accounts.models import User
from tests.cast import Cast
from tests.conftest import ClientOf

PAGE, NOW, NEW = "/account/password", "payung-lama-biru", "kuda-terbang-ungu"


@pytest.fixture
def sari(cast: Cast, client_of: ClientOf) -> Client:
    cast.sari.set_password(NOW)
    cast.sari.save()
    return client_of(cast.sari)


def change(client: Client, new: str = NEW, again: str | None = None, now: str = NOW) -> list[str]:
    """What stands on the page as wrong."""
    typed = {"old_password": now, "new_password1": new, "new_password2": again or new}
    page = client.post(PAGE, typed, follow=True)
    return re.findall(r"<li>([^<]*)</li>", "".join(re.findall("(?s)errorlist.*?</ul>", page.text)))


def test_the_page_says_kamu(sari: Client, cast: Cast) -> None:
    for page in (sari.get(PAGE), sari.post(PAGE, {})):
        main = page.text.split("<main")[1]
        assert "namamu" in main
        assert not re.search(r"(?i)\banda\b", main)


def test_a_new_one_opens_and_the_old_one_no_more(sari: Client, cast: Cast) -> None:
    assert change(sari) == []
    cast.sari.refresh_from_db()
    assert (cast.sari.check_password(NEW), cast.sari.check_password(NOW)) == (True, False)


@pytest.mark.parametrize(
    ("new", "again", "now", "sentence"),
    [
        (NEW, NEW, "bukan-ini", "Itu bukan kata sandimu yang sekarang. Ketik sekali lagi."),
        (NEW, "lain-lagi", NOW, "Kedua kata sandi baru belum sama. Ketik lagi keduanya."),
        ("pendek7", "pendek7", NOW, "Kata sandi terlalu pendek."),
        ("83650174", "83650174", NOW, "Kata sandi ini seluruhnya terdiri dari angka."),
        ("iloveyou", "iloveyou", NOW, "Kata sandi ini terlalu umum."),
    ],
)
def test_what_is_wrong_is_said(
    sari: Client, cast: Cast, new: str, again: str, now: str, sentence: str
) -> None:
    (said,) = change(sari, new, again, now)
    assert said.startswith(sentence)
    assert User.objects.get(pk=cast.sari.pk).check_password(NOW)


def test_ones_own_name_or_number_is_easily_guessed(sari: Client, cast: Cast) -> None:
    for guessed in (cast.sari.name.replace(" ", ""), f"{cast.sari.nisn}a"):
        (said,) = change(sari, guessed)
        assert said.startswith("Kata sandi terlalu mirip dengan")
