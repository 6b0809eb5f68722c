"""The card of a student in danger says who was told, who has it, and what the hour means."""

from datetime import date, timedelta

import pytest
import time_machine

from educounsel.accounts.models import User
from educounsel.companion import cases
from educounsel.companion.models import Case
from educounsel.schools.models import CrisisPlan
from tests.cast import Cast
from tests.companion.conftest import DANGER, say
from tests.conftest import ClientOf


def card(client_of: ClientOf, student: User) -> str:
    page = client_of(student).get("/student/ai-companion").text
    return page[page.index('id="crisis-card"') : page.index('id="refusal"')]


def test_the_card_says_who_was_told_and_who_is_next(
    cast: Cast, client_of: ClientOf, clock: time_machine.Traveller
) -> None:
    say(cast.sari, DANGER)
    said = " ".join(card(client_of, cast.sari).split())
    assert "<b>Bu Rina Nuraini</b> (Guru BK piket) diberi tahu pukul 10.00" in said
    assert "Guru BK cadangan akan diberi tahu pukul 10.05" in said


def test_a_turn_that_nobody_took_is_not_called_taken(
    cast: Cast, client_of: ClientOf, clock: time_machine.Traveller
) -> None:
    """The jobs stand still, say: the card tells it from the rows, not from the plan."""
    say(cast.sari, DANGER)
    clock.shift(timedelta(minutes=6))
    said = " ".join(card(client_of, cast.sari).split())
    assert "Guru BK cadangan mestinya diberi tahu pukul 10.05, tetapi belum." in said


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24T00:00:00Z", True),  # Tuesday, 07.00 in Jakarta
        ("2026-11-23T23:59:00Z", False),
        ("2026-11-24T08:00:00Z", False),  # 15.00
        ("2026-11-28T03:00:00Z", False),  # Saturday
    ],
)
def test_the_card_knows_the_hours_of_the_school(
    cast: Cast, client_of: ClientOf, now: str, expected: bool
) -> None:
    with time_machine.travel(now, tick=False):
        say(cast.sari, DANGER)
        said = card(client_of, cast.sari)
    assert ("biasanya membaca di jam sekolah" in said) is expected
    assert ("Jangan menunggu: telepon sekarang." in said) is not expected


def test_after_hours_the_card_says_when_school_opens_again(
    cast: Cast, client_of: ClientOf, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=3, hours=9))  # Friday, 19.00
    say(cast.sari, DANGER)
    assert "Sekolah buka lagi Senin, 30 November, pukul 07.00." in card(client_of, cast.sari)


def test_on_a_holiday_the_card_says_so_and_when_school_opens_again(
    cast: Cast, client_of: ClientOf, clock: time_machine.Traveller
) -> None:
    cast.school.holidays.create(
        name="Libur semester", starts_on=date(2026, 11, 24), ends_on=date(2026, 12, 18)
    )
    say(cast.sari, DANGER)
    said = card(client_of, cast.sari)
    assert "Sekolah libur hari ini (Libur semester)." in said
    assert "Sekolah buka lagi Senin, 21 Desember, pukul 07.00." in said
    assert "Jangan menunggu: telepon sekarang." in said
    assert "biasanya membaca di jam sekolah" not in said
    say(cast.tia, DANGER)
    assert "Sekolah libur" not in card(client_of, cast.tia)


def test_the_card_claims_no_reading_before_it_was_read(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    assert "sudah membaca ini" not in card(client_of, cast.sari)
    client_of(cast.rina).get(f"/guru/crisis/{held.pk}")
    assert "Bu Rina Nuraini</b> sudah membaca ini" in card(client_of, cast.sari)


def test_the_card_says_that_contact_was_noted_and_not_the_note(
    cast: Cast, client_of: ClientOf, held: Case, clock: time_machine.Traveller
) -> None:
    cases.note_contact(held, cast.rina, "Menangis, ditemani di UKS")
    said = card(client_of, cast.sari)
    assert "Bu Rina Nuraini</b> mencatat pukul 10.00 bahwa kalian sudah bicara" in said
    assert "UKS" not in said
    clock.shift(timedelta(days=1))
    said = card(client_of, cast.sari)
    assert "mencatat pukul 10.00, Selasa 24 November bahwa kalian sudah bicara" in said


def test_that_somebody_talked_before_says_nothing_of_what_is_written_now(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    cases.note_contact(held, cast.rina, "Sudah tenang")
    say(cast.sari, DANGER)
    client_of(cast.rina).get(f"/guru/crisis/{held.pk}")
    said = card(client_of, cast.sari)
    assert "bahwa kalian sudah bicara" not in said
    assert "Bu Rina Nuraini</b> sudah membaca ini" in said


def test_a_school_without_anybody_says_so(cast: Cast, client_of: ClientOf) -> None:
    User.objects.counsellors().of_school(cast.school.pk).update(is_active=False)
    CrisisPlan.objects.filter(school=cast.school).update(head=cast.head)
    reply = say(cast.sari, DANGER).reply
    said = card(client_of, cast.sari)
    assert "belum ada yang membaca pesanmu" in said
    assert "Pak Hadi</b> (Kepala sekolah) diberi tahu" in said
    for untrue in ("Guru BK di sekolahmu bisa membaca", "Guru BK biasanya membaca"):
        assert untrue not in said
    assert "Guru BK" not in reply.text
    assert Case.objects.count() == 1
