"""The mail says as little as a locked screen, in both of its parts."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import cast as typed

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from educounsel.notifications.channels import mail as channel
from educounsel.notifications.channels.words import TryLater, Unreachable, Words
from tests.cast import Cast

WORDS = Words("Ada pembaruan jadwal", "/guru/appointments/7", "kabar-7", 3)


@pytest.fixture(autouse=True)
def _mail_server(settings: Settings) -> None:
    settings.MAIL_SERVER, settings.PUBLIC_URL = "mail.example", "https://bk.sekolah.example"


def test_a_mail_has_words_a_link_and_a_way_out(cast: Cast) -> None:
    channel.send(WORDS, cast.rina.pk)
    (sent,) = typed(list[EmailMultiAlternatives], mail.outbox)
    assert (sent.to, sent.subject) == (["rina@cendekia.example"], "Ada pembaruan jadwal")
    html = str(sent.alternatives[0][0])
    for part in (str(sent.body), html):
        assert "https://bk.sekolah.example/guru/appointments/7" in part
        assert "https://bk.sekolah.example/notifications/preferences" in part
        assert "Rina" not in part
    message = sent.message()
    assert message["List-Unsubscribe"] == "<https://bk.sekolah.example/notifications/preferences>"
    assert message.get_content_type() == "multipart/alternative"


def test_a_second_run_sends_under_the_same_id(cast: Cast) -> None:
    channel.send(WORDS, cast.rina.pk)
    channel.send(WORDS, cast.rina.pk)
    first, second = (sent.message()["Message-ID"] for sent in mail.outbox)
    assert first == second


def test_only_those_with_an_address_are_reached(cast: Cast) -> None:
    everybody = {cast.sari.pk, cast.rina.pk, cast.head.pk}
    assert channel.addresses_of(everybody) == {
        cast.rina.pk: [cast.rina.pk],
        cast.head.pk: [cast.head.pk],
    }
    with pytest.raises(Unreachable):
        channel.send(WORDS, cast.sari.pk)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (SMTPRecipientsRefused({}), Unreachable),
        (SMTPServerDisconnected(), TryLater),
        (ConnectionRefusedError(), TryLater),
    ],
)
def test_a_server_in_trouble_is_asked_later(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, trouble: Exception, said: type[Exception]
) -> None:
    def fail(self: EmailMultiAlternatives) -> int:
        raise trouble

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)
    with pytest.raises(said):
        channel.send(WORDS, cast.rina.pk)


@pytest.mark.parametrize("missing", ["MAIL_SERVER", "PUBLIC_URL"])
def test_it_is_off_until_it_is_configured(settings: Settings, missing: str) -> None:
    assert channel.is_on()
    setattr(settings, missing, "")
    assert not channel.is_on()
