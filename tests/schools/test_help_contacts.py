"""What one tap on a help number does."""

import pytest
from django.test import Client

from educounsel.schools.help_numbers import add_national_numbers
from educounsel.schools.models import HelpContact
from tests.cast import Cast
from tests.conftest import ClientOf


@pytest.mark.parametrize(
    ("dial", "is_whatsapp", "link"),
    [
        ("119,8", False, "tel:119,8"),
        ("08111129129", False, "tel:08111129129"),
        ("08111129129", True, "https://wa.me/628111129129"),
        ("628111129129", True, "https://wa.me/628111129129"),
        ("+628111129129", True, "https://wa.me/628111129129"),
    ],
)
def test_a_number_is_called_and_a_chat_is_opened(dial: str, is_whatsapp: bool, link: str) -> None:
    assert HelpContact(dial=dial, is_whatsapp=is_whatsapp).link == link


def test_who_cannot_speak_yet_finds_a_chat_on_the_help_page(
    cast: Cast, client_of: ClientOf
) -> None:
    HelpContact.objects.all().delete()
    add_national_numbers(cast.school)
    page = client_of(cast.sari).get("/student/help").content.decode()
    assert 'href="https://wa.me/628111129129"' in page
    assert 'href="tel:129"' in page
    assert "tel:0811" not in page


def test_who_was_signed_out_finds_the_numbers_for_everybody(client: Client, cast: Cast) -> None:
    page = client.get("/student/help")
    assert (page.status_code, page["Location"]) == (302, "/#bantuan")
    landing = client.get("/").text
    assert 'id="bantuan"' in landing
    assert "tel:119,8" in landing
