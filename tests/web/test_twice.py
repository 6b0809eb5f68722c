"""A form sent twice, as by a double tap on a phone without script: one deed, one answer."""

from collections.abc import Callable
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django_ox.models import OxTask

from educounsel.accounts.models import User
from educounsel.announcements import announcing
from educounsel.announcements.models import Audience
from educounsel.appointments import booking
from educounsel.appointments.models import Availability, Waiting
from educounsel.companion import conversations
from educounsel.companion.models import Conversation
from educounsel.notifications.models import Notification
from tests.appointments.conftest import clock, school_week  # noqa: F401
from tests.appointments.diary import ask, open_hours
from tests.cast import Cast
from tests.companion.conftest import DANGER, HARMLESS, say
from tests.conftest import ClientOf

type Deed = Callable[[Cast], tuple[User, str, dict[str, str]]]


def removal(cast: Cast) -> tuple[User, str, dict[str, str]]:
    said = say(cast.sari, HARMLESS)
    return cast.sari, f"/student/ai-companion/conversations/{said.conversation_id}/removal", {}


def removal_beside_a_case(cast: Cast) -> tuple[User, str, dict[str, str]]:
    said = say(cast.sari, DANGER)
    return cast.sari, f"/student/ai-companion/conversations/{said.conversation_id}/removal", {}


def drill(cast: Cast) -> tuple[User, str, dict[str, str]]:
    return cast.rina, "/guru/crisis/latihan/start", {"key": str(uuid4())}


def cancellation(cast: Cast) -> tuple[User, str, dict[str, str]]:
    asked = ask(cast.sari, cast.rina)
    return cast.sari, f"/student/appointments/{asked.pk}/cancellation", {}


def confirmation(cast: Cast) -> tuple[User, str, dict[str, str]]:
    asked = ask(cast.sari, cast.rina)
    return cast.rina, f"/guru/appointments/{asked.pk}/confirmation", {"moves": "0"}


def refusal(cast: Cast) -> tuple[User, str, dict[str, str]]:
    asked = ask(cast.sari, cast.rina)
    return cast.rina, f"/guru/appointments/{asked.pk}/refusal", {"reason": "Ada rapat"}


def calling_off(cast: Cast) -> tuple[User, str, dict[str, str]]:
    asked = ask(cast.sari, cast.rina)
    booking.confirm(asked)
    return cast.rina, f"/guru/appointments/{asked.pk}/cancellation", {"reason": "Sakit"}


def leaving_the_line(cast: Cast) -> tuple[User, str, dict[str, str]]:
    days = {"from_day": date(2026, 11, 23), "until_day": date(2026, 11, 27)}
    line = Waiting.objects.create(student=cast.sari, counsellor=cast.rina, topic="x", **days)
    return cast.sari, f"/student/appointments/waiting/{line.pk}/leaving", {}


def withdrawing_an_announcement(cast: Cast) -> tuple[User, str, dict[str, str]]:
    made = announcing.publish(cast.rina, "Pramuka", "Jumat.", Audience.EVERYBODY, [], uuid4())
    return cast.rina, f"/announcements/{made.pk}/withdrawal", {}


def opening_hours(cast: Cast) -> tuple[User, str, dict[str, str]]:
    hours = {"weekday": "1", "starts_at": "08:00", "ends_at": "09:00", "slot_minutes": "30"}
    return cast.rina, "/guru/availability", hours


def closing_hours(cast: Cast) -> tuple[User, str, dict[str, str]]:
    return cast.rina, f"/guru/availability/{cast.rina.availability.get().pk}/removal", {}


def reading_all(cast: Cast) -> tuple[User, str, dict[str, str]]:
    return cast.sari, "/notifications/read", {}


DEEDS: list[Deed] = [
    removal,
    removal_beside_a_case,
    drill,
    cancellation,
    confirmation,
    refusal,
    calling_off,
    leaving_the_line,
    withdrawing_an_announcement,
    opening_hours,
    closing_hours,
    reading_all,
]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_it_is_done_once_and_answered_alike(
    school_week: Cast,  # noqa: F811
    client_of: ClientOf,
    deed: Deed,
) -> None:
    person, address, form = deed(school_week)
    client = client_of(person)
    first = client.post(address, form)
    done = state()
    second = client.post(address, form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert state() == done
    assert len(flashes(client, second["Location"])) == (deed is not reading_all)


def state() -> tuple[int, ...]:
    rows = (OxTask, Notification, Availability, Conversation)
    return tuple(model.objects.count() for model in rows)


def flashes(client: Client, address: str) -> list[str]:
    page = unescape(client.get(address).text)
    return page.split('<p class="flash')[1:]


def test_what_is_somebody_elses_is_not_there(cast: Cast, client_of: ClientOf) -> None:
    hours = open_hours(cast.rina)
    said = say(cast.sari, HARMLESS)
    removal = f"/student/ai-companion/conversations/{said.conversation_id}/removal"
    assert client_of(cast.dodi).post(removal).status_code == 404
    address = f"/guru/availability/{hours.pk}/removal"
    assert client_of(cast.budi).post(address).status_code == 404
    assert Availability.objects.count() == 1
    assert conversations.stretch_of(said.conversation).turns == [said]


def test_another_drill_waits_until_the_first_is_over(cast: Cast, client_of: ClientOf) -> None:
    rina, start = client_of(cast.rina), "/guru/crisis/latihan/start"
    rina.post(start, {"key": str(uuid4())})
    second = rina.post(start, {"key": str(uuid4())})
    assert second["Location"] == "/guru/crisis/latihan"
    assert "Latihan sebelumnya belum ditutup" in rina.get(second["Location"]).text
