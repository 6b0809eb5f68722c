"""From a message that means danger to a human: a case opens, is joined, and goes after its time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion import cases
from educounsel.companion.models import Case
from educounsel.companion.retention import forget_old_cases
from educounsel.notifications.models import Notification
from tests.cast import Cast, make_cast
from tests.companion.conftest import DANGER, HARMLESS, Heard, say


def alerted() -> list[User]:
    alerts = Notification.objects.filter(kind="case").order_by("pk").select_related("recipient")
    return [alert.recipient for alert in alerts]


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
