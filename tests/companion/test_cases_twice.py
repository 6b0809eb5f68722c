"""A form of a case that comes twice, as after a double tap without a script."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection

from educounsel.companion import cases
from educounsel.companion.models import Case, CaseEntry
from educounsel.notifications.models import Notification
from tests.cast import Cast, make_cast
from tests.companion.conftest import DANGER, say
from tests.conftest import ClientOf

What = CaseEntry.What


FORMS = [
    ("contact", {"note": "Bertemu"}),
    ("closing", {"reason": "beres"}),
    ("everything", {"reason": "perlu tahu"}),
    ("offer", {}),
    ("claim", {}),
]


@pytest.mark.parametrize(("verb", "sent"), FORMS)
def test_it_is_carried_out_once_and_answered_alike(
    cast: Cast, client_of: ClientOf, held: Case, verb: str, sent: dict[str, str]
) -> None:
    if verb == "claim":
        Case.objects.update(claimed_by=None, claimed_at=None)
    form = {**sent, "colleague": str(cast.budi.pk), "key": str(uuid4())}
    rina, address = client_of(cast.rina), f"/guru/crisis/{held.pk}/{verb}"
    entries, told = held.entries.count(), Notification.objects.count()
    answers = [rina.post(address, form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert held.entries.count() == entries + 1
    assert Notification.objects.count() == told + (verb in ("offer", "everything"))


def test_another_form_is_another_contact(cast: Cast, client_of: ClientOf, held: Case) -> None:
    rina, address = client_of(cast.rina), f"/guru/crisis/{held.pk}/contact"
    for _ in range(2):
        rina.post(address, {"note": "Bertemu lagi", "key": str(uuid4())})
    assert held.entries.filter(what=What.CONTACT).count() == 2


def test_other_words_from_the_same_form_are_another_contact(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    rina, key = client_of(cast.rina), str(uuid4())
    for note in ("Bertemu", "Bertemu", "Menelepon orang tuanya"):
        rina.post(f"/guru/crisis/{held.pk}/contact", {"note": note, "key": key})
    noted = held.entries.filter(what=What.CONTACT)
    assert [entry.note for entry in noted] == ["Bertemu", "Menelepon orang tuanya"]


def test_the_key_of_one_case_says_nothing_of_another(cast: Cast, held: Case) -> None:
    say(cast.dodi, DANGER)
    other, key = Case.objects.exclude(pk=held.pk).get(), uuid4()
    cases.claim(other, cast.rina)
    for case in (held, other):
        cases.note_contact(case, cast.rina, "Bertemu", key)
    assert CaseEntry.objects.filter(what=What.CONTACT).count() == 2


def test_each_form_of_the_page_has_a_key_of_its_own(
    cast: Cast, client_of: ClientOf, held: Case
) -> None:
    page = client_of(cast.rina).get(f"/guru/crisis/{held.pk}").text
    keys = [UUID(key) for key in re.findall(r'name="key" value="([^"]+)"', page)]
    assert len(set(keys)) == 3


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_are_one() -> None:
    cast, start, key = make_cast(), Barrier(2), uuid4()
    say(cast.sari, DANGER)
    cases.claim(Case.objects.get(), cast.rina)

    def note(_: int) -> None:
        case = Case.objects.get()
        start.wait()
        try:
            cases.note_contact(case, cast.rina, "Bertemu", key)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(note, range(2)))
    assert CaseEntry.objects.filter(what=What.CONTACT).count() == 1
