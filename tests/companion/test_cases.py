"""From a message that means danger to a human: who is told, who may see what, who may close."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connection

from educounsel.accounts.models import User
from educounsel.companion import cases
from educounsel.companion.models import Case, CaseEntry
from educounsel.notifications.models import Notification
from tests.cast import Cast, make_cast
from tests.companion.conftest import DANGER, HARMLESS, Heard, say
from tests.conftest import ClientOf


def alerts() -> list[Notification]:
    return list(Notification.objects.filter(kind="case").order_by("pk"))


def test_every_guru_bk_of_the_school_is_alerted_without_a_word_of_the_child(cast: Cast) -> None:
    case = cases.open_or_join(say(cast.dodi, HARMLESS))
    assert {row.recipient for row in alerts()} == {cast.rina, cast.budi}
    for row in alerts():
        assert row.is_urgent
        assert row.url == f"/guru/crisis/{case.pk}"
        assert row.title == "Perlu dijangkau sekarang"
        assert "Dodi" not in f"{row.title} {row.text} {row.url}"
        assert HARMLESS not in row.text


def test_a_second_message_joins_and_does_not_ring_twice(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    first = say(cast.sari, DANGER)
    clock.shift(60)
    second = say(cast.sari, "aku udah siapin tali")
    case = Case.objects.get()
    assert list(case.messages.all()) == [first, second]
    assert len(alerts()) == 2


def test_after_a_pause_it_rings_again(cast: Cast, clock: time_machine.Traveller) -> None:
    say(cast.sari, DANGER)
    clock.shift(11 * 60)
    say(cast.sari, "aku udah siapin tali")
    assert (Case.objects.count(), len(alerts())) == (1, 4)


def test_a_day_later_another_case_opens(cast: Cast, clock: time_machine.Traveller) -> None:
    say(cast.sari, DANGER)
    clock.shift(25 * 60 * 60)
    say(cast.sari, DANGER)
    assert Case.objects.count() == 2


def test_after_closing_danger_opens_a_new_case(cast: Cast) -> None:
    say(cast.sari, DANGER)
    case = Case.objects.get()
    cases.claim(case, cast.rina)
    cases.close(case, cast.rina, "Sudah bertemu")
    say(cast.sari, DANGER)
    assert Case.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_one_has_the_case() -> None:
    cast, start = make_cast(), Barrier(2)
    say(cast.sari, DANGER)

    def claim(guru: User) -> str:
        start.wait()
        try:
            cases.claim(Case.objects.get(), guru)
        except cases.CaseRefused as refusal:
            return refusal.sentence
        finally:
            connection.close()
        return guru.name

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(claim, [cast.rina, cast.budi]))
    holder = Case.objects.get().claimed_by
    assert holder is not None
    assert sorted(said) == sorted([holder.name, f"{holder} sudah lebih dulu mengambil kasus ini."])


def test_only_two_messages_before_and_after_are_shown(cast: Cast) -> None:
    said = [
        say(cast.sari, text) for text in ("satu", "dua", "tiga", DANGER, "empat", "lima", "enam")
    ]
    assert list(cases.excerpt(Case.objects.get())) == said[1:6]


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
        page = client_of(cast.sari).get("/student/ai-companion").content.decode()
    assert ("biasanya membaca di jam sekolah" in page) is expected
    assert ("Jangan menunggu: telepon sekarang." in page) is not expected


def test_the_students_page_is_told_who_has_claimed(
    cast: Cast, heard: Heard, committing: None
) -> None:
    message = say(cast.sari, DANGER)
    cases.claim(Case.objects.get(), cast.rina)
    assert heard()[-1] == {"message": message.pk}


# --- The pages of a Guru BK --------------------------------------------------------------------


@pytest.fixture
def case(cast: Cast) -> Case:
    say(cast.sari, "sebelumnya baik saja")
    say(cast.sari, DANGER)
    return Case.objects.get()


def test_the_list_names_nobody_until_somebody_claims(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    rina = client_of(cast.rina)
    page = rina.get("/guru/crisis").content.decode()
    assert "Sari" not in page
    assert "XI IPA 2" in page
    rina.post(f"/guru/crisis/{case.pk}/claim")
    assert "Sari Amelia" in rina.get("/guru/crisis").content.decode()


def test_the_case_shows_the_message_the_student_and_the_time_line(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    page = client_of(cast.rina).get(f"/guru/crisis/{case.pk}").content.decode()
    for words in ("Sari Amelia", "XI IPA 2", DANGER, "sebelumnya baik saja", "Ambil kasus"):
        assert words in page
    assert "Tutup kasus" not in page


@pytest.mark.parametrize("action", ["", "/claim", "/closing"])
def test_nobody_else_learns_that_the_case_exists(
    cast: Cast, client_of: ClientOf, case: Case, action: str
) -> None:
    for person in (cast.tono, cast.sari, cast.dodi, cast.admin):
        client = client_of(person)
        ask = client.post if action else client.get
        assert ask(f"/guru/crisis/{case.pk}{action}", {"reason": "x"}).status_code == 404
    case.refresh_from_db()
    assert (case.claimed_by, case.closed_at) == (None, None)


def test_a_guru_bk_claims_and_then_closes_with_a_reason(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    rina = client_of(cast.rina)
    assert rina.post(f"/guru/crisis/{case.pk}/claim").status_code == 302
    answer = rina.post(f"/guru/crisis/{case.pk}/closing", {"reason": "Sudah bertemu, aman."})
    assert answer["Location"] == "/guru/crisis"
    assert list(case.entries.values_list("what", "by", "note")) == [
        (CaseEntry.What.OPENED, None, ""),
        (CaseEntry.What.CLAIMED, cast.rina.pk, ""),
        (CaseEntry.What.CLOSED, cast.rina.pk, "Sudah bertemu, aman."),
    ]
    assert "Tidak ada kasus terbuka" in rina.get("/guru/crisis").content.decode()


def test_what_nobody_has_claimed_cannot_be_closed(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    answer = client_of(cast.rina).post(f"/guru/crisis/{case.pk}/closing", {"reason": "beres"})
    assert answer.status_code == 409
    assert "Ambil kasus ini" in answer.content.decode()
    assert Case.objects.open().count() == 1


def test_closing_without_a_reason_is_asked_again(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    rina = client_of(cast.rina)
    rina.post(f"/guru/crisis/{case.pk}/claim")
    answer = rina.post(f"/guru/crisis/{case.pk}/closing", {"reason": " "})
    assert answer.status_code == 422
    assert Case.objects.open().count() == 1


def test_the_second_to_claim_reads_who_was_first(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    client_of(cast.budi).post(f"/guru/crisis/{case.pk}/claim")
    answer = client_of(cast.rina).post(f"/guru/crisis/{case.pk}/claim")
    assert answer.status_code == 409
    assert "Pak Budi Santoso sudah lebih dulu" in answer.content.decode()
