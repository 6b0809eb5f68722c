"""What a Guru BK sees of a case and does on its pages, and nobody else."""

import pytest

from educounsel.accounts.models import User
from educounsel.companion import cases
from educounsel.companion.models import Case, CaseEntry
from tests.cast import Cast
from tests.companion.conftest import DANGER, say
from tests.companion.test_cases import alerted
from tests.conftest import ClientOf, CountQueries
from tests.factories import make_student

What = CaseEntry.What
OPENINGS = "/student/ai-companion/siapa-membuka"


def story(case: Case) -> list[tuple[str, User | None, str]]:
    """What people did; who was told is in escalation/."""
    did = case.entries.exclude(what=What.TOLD).select_related("by")
    return [(entry.what, entry.by, entry.note) for entry in did]


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
