"""Reading more than is needed now takes a reason, and the student is told."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from educounsel import companion
from educounsel.accounts.models import User
from educounsel.companion import cases, disclosure
from educounsel.companion.models import (
    CATEGORIES,
    Case,
    CaseEntry,
    ConcernOpening,
    Level,
    Message,
)
from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.companion.conftest import DANGER, say
from tests.conftest import ClientOf, CountQueries

RULES = Path(companion.__file__).parent / "screening" / "rules.txt"
OPENINGS = "/student/ai-companion/siapa-membuka"
FAR = "jauh sebelum itu, tentang hal lain"
REASON = {"reason": "Mau tahu siapa yang bisa menemani"}


@pytest.fixture
def held(cast: Cast) -> Case:
    """Held by Bu Rina; of what Sari wrote, one message lies too far from the danger."""
    for text in (FAR, "satu", "dua", DANGER):
        say(cast.sari, text)
    case = Case.objects.get()
    cases.claim(case, cast.rina)
    return case


def told(student: User) -> list[str]:
    notices = Notification.objects.filter(recipient=student, kind="opened").order_by("pk")
    return [notice.title for notice in notices]


def test_only_two_messages_before_and_after_are_shown(cast: Cast) -> None:
    said = [say(cast.sari, f"pesan biasa {number}") for number in range(7)]
    case = cases.open_or_join(said[3])
    assert list(disclosure.excerpt(case)) == said[1:6]


# --- All of a conversation ---------------------------------------------------------------------


def test_more_opens_with_a_reason_and_the_student_is_told(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    rina, address = client_of(cast.rina), f"/guru/crisis/{held.pk}/everything"
    assert FAR not in rina.get(f"/guru/crisis/{held.pk}").text
    assert FAR not in rina.get(address).text
    assert FAR in rina.post(address, REASON, follow=True).text
    entry = held.entries.get(what=CaseEntry.What.READ_MORE)
    assert (entry.by, entry.note) == (cast.rina, REASON["reason"])
    assert told(cast.sari) == ["Bu Rina Nuraini membuka lebih banyak pesanmu"]


def test_it_stays_open_for_an_hour_and_for_one_person(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    address = f"/guru/crisis/{held.pk}/everything"
    client_of(cast.rina).post(address, REASON)
    assert FAR not in client_of(cast.budi).get(address).text
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert FAR not in client_of(cast.rina).get(address).text


@pytest.mark.parametrize("way", ["closed", "handed over"])
def test_what_was_opened_is_shut_with_the_case(
    cast: Cast, client_of: ClientOf, held: Case, way: str
) -> None:
    rina, address = client_of(cast.rina), f"/guru/crisis/{held.pk}/everything"
    rina.post(address, REASON)
    if way == "closed":
        cases.close(held, cast.rina, "Sudah bertemu")
    else:
        cases.offer(held, cast.rina, cast.budi)
        cases.claim(held, cast.budi)
    say(cast.sari, "ini kutulis sesudahnya")
    page = rina.get(address).text
    assert FAR not in page
    assert "ini kutulis sesudahnya" not in page


# --- Who looks, and when -----------------------------------------------------------------------


def looks(case: Case, guru: User) -> int:
    return case.entries.filter(what=CaseEntry.What.READ, by=guru).count()


def test_each_look_is_written_down_once_an_hour(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    budi, address = client_of(cast.budi), f"/guru/crisis/{held.pk}"
    for minutes, written in ((0, 1), (30, 1), (61, 2), (90, 2)):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            budi.get(address)
        assert looks(held, cast.budi) == written
    assert [opening.by for opening in disclosure.openings_of(cast.sari)] == [cast.budi] * 2


def test_a_closed_case_is_read_by_its_holder_and_the_coordinator_alone(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    cases.note_contact(held, cast.rina, "Bertemu di UKS")
    cases.close(held, cast.rina, "Sudah bersama keluarga")
    say(cast.sari, "ini kutulis sesudahnya")
    held.refresh_from_db()
    assert "ini kutulis sesudahnya" not in [said.text for said in disclosure.excerpt(held)]
    address = f"/guru/crisis/{held.pk}"
    page = client_of(cast.budi).get(address).text
    for secret in (DANGER, "Bertemu di UKS", "Sudah bersama keluarga"):
        assert secret not in page
    assert "hanya bisa dibaca pemegang kasus dan koordinator" in page
    assert looks(held, cast.budi) == 0
    assert DANGER in client_of(cast.rina).get(address).text
    cast.school.crisis_plan.coordinator = cast.budi
    cast.school.crisis_plan.save()
    assert DANGER in client_of(cast.budi).get(address).text
    assert looks(held, cast.budi) == 1


def test_without_a_reason_it_stays_shut(cast: Cast, client_of: ClientOf, held: Case) -> None:
    answer = client_of(cast.rina).post(f"/guru/crisis/{held.pk}/everything", {"reason": "  "})
    assert answer.status_code == 422
    assert FAR not in answer.text
    assert told(cast.sari) == []


# --- Messages that ask for attention -----------------------------------------------------------


@pytest.fixture
def concern(cast: Cast) -> Message:
    message = say(cast.sari, "capek sama semuanya akhir-akhir ini")
    Message.objects.filter(pk=message.pk).update(level=Level.CONCERN, category="self_harm")
    return message


def test_a_concern_shows_its_category_and_time_only(
    cast: Cast, client_of: ClientOf, concern: Message
) -> None:
    rina = client_of(cast.rina)
    for address in ("/guru/crisis", f"/guru/crisis/concerns/{concern.pk}"):
        page = rina.get(address).text
        assert "Menyakiti diri" in page
        for secret in ("Sari", "XI IPA 2", concern.text):
            assert secret not in page


def test_every_category_of_the_screening_has_words_for_people() -> None:
    named = re.findall(r"^\[(?:crisis|concern) (\w+)", RULES.read_text(), flags=re.MULTILINE)
    assert set(named) <= set(CATEGORIES)


def test_a_concern_opens_with_a_reason_and_the_student_is_told_once(
    cast: Cast, client_of: ClientOf, concern: Message
) -> None:
    rina, address = client_of(cast.rina), f"/guru/crisis/concerns/{concern.pk}"
    for _ in range(2):
        page = rina.post(address, REASON, follow=True).text
    assert concern.text in page
    assert "Sari Amelia" in page
    opening = ConcernOpening.objects.get()
    assert (opening.by, opening.reason) == (cast.rina, REASON["reason"])
    assert told(cast.sari) == ["Bu Rina Nuraini membuka satu pesanmu"]


def test_a_concern_is_there_for_the_guru_bk_of_the_class_alone(
    cast: Cast, client_of: ClientOf, concern: Message
) -> None:
    address = f"/guru/crisis/concerns/{concern.pk}"
    for person in (cast.budi, cast.tono, cast.sari, cast.admin, cast.head):
        assert client_of(person).get(address).status_code == 404
        assert client_of(person).post(address, REASON).status_code == 404
    assert "Menyakiti diri" not in client_of(cast.budi).get("/guru/crisis").text
    assert not ConcernOpening.objects.exists()


def test_a_class_without_a_guru_bk_is_in_the_care_of_all(
    cast: Cast, client_of: ClientOf, concern: Message
) -> None:
    cast.sari_class.counsellors.clear()
    for guru in (cast.rina, cast.budi):
        address = f"/guru/crisis/concerns/{concern.pk}"
        assert client_of(guru).get(address).status_code == 200


# --- What the student sees ---------------------------------------------------------------------


def test_the_student_sees_who_opened_what_and_why(
    cast: Cast, client_of: ClientOf, held: Case, concern: Message
) -> None:
    client_of(cast.budi).get(f"/guru/crisis/{held.pk}")
    disclosure.open_everything(held, cast.rina, "Mencari teman dekatnya")
    disclosure.open_concern(concern, cast.rina, "Terdengar lelah sekali")
    seen = [(opening.by, opening.reason) for opening in disclosure.openings_of(cast.sari)]
    assert seen == [
        (cast.rina, "Terdengar lelah sekali"),
        (cast.rina, "Mencari teman dekatnya"),
        (cast.budi, ""),
    ]
    page = client_of(cast.sari).get(OPENINGS).text
    for words in ("Pak Budi Santoso", "Terdengar lelah sekali", "Mencari teman dekatnya"):
        assert words in page
    assert "Belum ada yang membuka" in client_of(cast.dodi).get(OPENINGS).text


def test_that_it_was_read_stays_known_when_the_message_is_gone(
    cast: Cast, concern: Message
) -> None:
    disclosure.open_concern(concern, cast.rina, "Terdengar lelah sekali")
    concern.conversation.delete()
    assert [opening.by for opening in disclosure.openings_of(cast.sari)] == [cast.rina]


def test_more_openings_cost_no_more_queries(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries, held: Case
) -> None:
    sari = client_of(cast.sari)
    disclosure.open_everything(held, cast.rina, "a")
    one = count_queries(sari, OPENINGS)
    for _ in range(2):
        disclosure.open_everything(held, cast.rina, "b")
    assert count_queries(sari, OPENINGS) == one
