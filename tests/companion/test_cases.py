"""From a message that means danger to a human: who holds the case, and what they may do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion import cases
from educounsel.companion.models import Case, CaseEntry
from educounsel.companion.retention import forget_old_cases
from educounsel.notifications.models import Notification
from educounsel.schools.models import CrisisPlan
from tests.cast import Cast, make_cast
from tests.companion.conftest import DANGER, HARMLESS, Heard, say
from tests.conftest import ClientOf, CountQueries
from tests.factories import make_student

What = CaseEntry.What
OPENINGS = "/student/ai-companion/siapa-membuka"


def alerted() -> list[User]:
    alerts = Notification.objects.filter(kind="case").order_by("pk").select_related("recipient")
    return [alert.recipient for alert in alerts]


def story(case: Case) -> list[tuple[str, User | None, str]]:
    """What people did; who was told is in escalation/."""
    did = case.entries.exclude(what=What.TOLD).select_related("by")
    return [(entry.what, entry.by, entry.note) for entry in did]


# --- Opening and joining -----------------------------------------------------------------------


def test_the_alert_carries_no_word_of_the_child(cast: Cast) -> None:
    case = cases.open_or_join(say(cast.dodi, HARMLESS))
    alert = Notification.objects.get(kind="case")
    assert (alert.recipient, alert.is_urgent) == (cast.budi, True)
    assert alert.url == f"/guru/crisis/{case.pk}"
    said = f"{alert.title} {alert.text} {alert.url}"
    assert "Dodi" not in said
    assert HARMLESS not in said


def test_a_second_message_joins_and_does_not_ring_twice(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    first = say(cast.sari, DANGER)
    clock.shift(60)
    second = say(cast.sari, "aku udah siapin tali")
    case = Case.objects.get()
    assert list(case.messages.all()) == [first, second]
    assert alerted() == [cast.rina]


def test_after_a_pause_it_rings_again(cast: Cast, clock: time_machine.Traveller) -> None:
    say(cast.sari, DANGER)
    clock.shift(11 * 60)
    say(cast.sari, "aku udah siapin tali")
    assert Case.objects.count() == 1
    assert alerted() == [cast.rina, cast.rina]


def test_a_later_message_rings_for_the_holder_and_for_who_is_on_duty(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    say(cast.sari, DANGER)
    cases.claim(Case.objects.get(), cast.budi)
    clock.shift(11 * 60)
    say(cast.sari, "aku udah siapin tali")
    assert alerted()[0] == cast.rina
    assert set(alerted()[1:]) == {cast.rina, cast.budi}


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


def test_the_students_page_is_told_who_has_claimed(
    cast: Cast, heard: Heard, committing: None
) -> None:
    message = say(cast.sari, DANGER)
    before = len(heard())
    cases.claim(Case.objects.get(), cast.rina)
    assert heard()[before:] == [{"message": message.pk}]


# --- The pages of a Guru BK --------------------------------------------------------------------


@pytest.fixture
def case(cast: Cast) -> Case:
    say(cast.sari, "sebelumnya baik saja")
    say(cast.sari, DANGER)
    return Case.objects.get()


@pytest.fixture
def held(cast: Cast, case: Case) -> Case:
    """Held by Bu Rina."""
    cases.claim(case, cast.rina)
    return case


def test_the_list_names_nobody_until_somebody_claims(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    rina = client_of(cast.rina)
    page = rina.get("/guru/crisis").text
    assert "Sari" not in page
    assert "XI IPA 2" in page
    rina.post(f"/guru/crisis/{case.pk}/claim")
    assert "Sari Amelia" in rina.get("/guru/crisis").text


def test_the_case_shows_the_message_the_student_and_the_time_line(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    page = client_of(cast.rina).get(f"/guru/crisis/{case.pk}").text
    for words in ("Sari Amelia", "XI IPA 2", DANGER, "sebelumnya baik saja", "Ambil kasus"):
        assert words in page
    assert "Tutup kasus" not in page


def test_more_cases_cost_no_more_queries(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries, case: Case
) -> None:
    rina = client_of(cast.rina)
    one = count_queries(rina, "/guru/crisis")
    for name in ("Putri", "Rangga"):
        say(make_student(cast.sari_class, name), DANGER)
    assert count_queries(rina, "/guru/crisis") == one


ACTIONS = ["", "/claim", "/contact", "/offer", "/closing", "/everything"]


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_else_learns_that_the_case_exists(
    cast: Cast, client_of: ClientOf, held: Case, action: str
) -> None:
    before = held.entries.count()
    sent: dict[str, str | int] = {"reason": "x", "note": "x", "colleague": cast.budi.pk}
    for person in (cast.tono, cast.sari, cast.dodi, cast.admin, cast.head):
        client = client_of(person)
        ask = client.post if action else client.get
        assert ask(f"/guru/crisis/{held.pk}{action}", sent).status_code == 404
    assert held.entries.count() == before


def test_from_claim_to_closing_each_step_stands_in_the_time_line(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    rina, address = client_of(cast.rina), f"/guru/crisis/{case.pk}"
    rina.get(address)
    rina.get(address)
    assert rina.post(f"{address}/claim").status_code == 302
    assert rina.post(f"{address}/contact", {"note": "Bertemu di UKS"}).status_code == 302
    answer = rina.post(f"{address}/closing", {"reason": "Sudah bertemu, aman."})
    assert answer["Location"] == "/guru/crisis"
    assert story(case) == [
        (What.OPENED, None, ""),
        (What.READ, cast.rina, ""),
        (What.CLAIMED, cast.rina, ""),
        (What.CONTACT, cast.rina, "Bertemu di UKS"),
        (What.CLOSED, cast.rina, "Sudah bertemu, aman."),
    ]
    assert "Tidak ada kasus terbuka" in rina.get("/guru/crisis").text


VERBS: list[tuple[str, dict[str, str]]] = [
    ("contact", {"note": "Bertemu"}),
    ("closing", {"reason": "beres"}),
    ("everything", {"reason": "perlu tahu"}),
]


@pytest.mark.parametrize(("verb", "sent"), VERBS)
def test_what_nobody_has_claimed_waits_for_a_claim(
    cast: Cast, client_of: ClientOf, case: Case, verb: str, sent: dict[str, str]
) -> None:
    answer = client_of(cast.rina).post(f"/guru/crisis/{case.pk}/{verb}", sent)
    assert answer.status_code == 409
    assert "Ambil kasus ini dulu" in answer.text
    assert not case.entries.filter(by=cast.rina).exclude(what=What.READ).exists()


@pytest.mark.parametrize(("verb", "sent"), VERBS)
def test_a_colleague_who_does_not_hold_it_may_not_act(
    cast: Cast, client_of: ClientOf, held: Case, verb: str, sent: dict[str, str]
) -> None:
    answer = client_of(cast.budi).post(f"/guru/crisis/{held.pk}/{verb}", sent)
    assert answer.status_code == 409
    assert "Kasus ini dipegang Bu Rina Nuraini" in answer.text
    did = Case.objects.open().get().entries.filter(by=cast.budi)
    assert not did.exclude(what=What.READ).exists()


@pytest.mark.parametrize(
    ("verb", "sent"), [("claim", {}), ("contact", {"note": ""}), ("closing", {"reason": "beres"})]
)
def test_who_reads_it_on_a_page_of_refusal_has_read_it(
    cast: Cast, client_of: ClientOf, held: Case, verb: str, sent: dict[str, str]
) -> None:
    answer = client_of(cast.budi).post(f"/guru/crisis/{held.pk}/{verb}", sent)
    assert DANGER in answer.text
    assert [entry.what for entry in held.entries.filter(by=cast.budi)] == [What.READ]
    assert "Pak Budi Santoso" in client_of(cast.sari).get(OPENINGS).text


def test_the_coordinator_may_close_what_another_holds(cast: Cast, held: Case) -> None:
    cast.school.crisis_plan.coordinator = cast.budi
    cast.school.crisis_plan.save()
    cases.close(held, cast.budi, "Bu Rina sakit, saya sudah bertemu siswanya")
    assert not Case.objects.open().exists()


@pytest.mark.parametrize("verb", ["contact", "closing", "everything", "offer"])
def test_an_empty_form_is_asked_again(
    cast: Cast, client_of: ClientOf, held: Case, verb: str
) -> None:
    rina = client_of(cast.rina)
    rina.get(f"/guru/crisis/{held.pk}")
    before = story(held)
    answer = rina.post(f"/guru/crisis/{held.pk}/{verb}", {"reason": " "})
    assert answer.status_code == 422
    assert story(held) == before


def test_the_second_to_claim_reads_who_was_first(
    cast: Cast, client_of: ClientOf, case: Case
) -> None:
    client_of(cast.budi).post(f"/guru/crisis/{case.pk}/claim")
    answer = client_of(cast.rina).post(f"/guru/crisis/{case.pk}/claim")
    assert answer.status_code == 409
    assert "Pak Budi Santoso sudah lebih dulu" in answer.text


# --- Handing over ------------------------------------------------------------------------------


def test_a_case_stays_with_its_holder_until_the_colleague_takes_it(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    address = f"/guru/crisis/{held.pk}"
    client_of(cast.rina).post(f"{address}/offer", {"colleague": cast.budi.pk})
    assert Case.objects.get().claimed_by == cast.rina
    assert alerted()[-1] == cast.budi
    budi = client_of(cast.budi)
    assert "meminta Anda mengambil alih" in budi.get(address).text
    budi.post(f"{address}/claim")
    taken = Case.objects.get()
    assert (taken.claimed_by, taken.offered_to) == (cast.budi, None)


def test_only_a_colleague_of_the_school_can_be_asked(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    rina = client_of(cast.rina)
    for outsider in (cast.rina, cast.tono, cast.sari, cast.admin, cast.head):
        answer = rina.post(f"/guru/crisis/{held.pk}/offer", {"colleague": outsider.pk})
        assert answer.status_code == 422
    assert Case.objects.get().offered_to is None


# --- The card of the student -------------------------------------------------------------------


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


# --- What is not kept for ever -----------------------------------------------------------------


def test_a_closed_case_goes_after_its_time_and_an_open_one_never(cast: Cast) -> None:
    closed, standing = (
        cases.open_or_join(say(student, DANGER)) for student in (cast.sari, cast.dodi)
    )
    cases.claim(closed, cast.rina)
    cases.close(closed, cast.rina, "Sudah bersama keluarga")
    kept = timedelta(days=settings.COMPANION_KEEP_CASES_DAYS)
    with time_machine.travel(timezone.now() + kept - timedelta(days=1)):
        forget_old_cases()
        assert Case.objects.count() == 2
    with time_machine.travel(timezone.now() + kept + timedelta(days=1)):
        forget_old_cases()
    assert list(Case.objects.all()) == [standing]
