"""An admin who makes a Guru BK, or sets a password of one, does it before everybody's eyes."""

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django_ox.testing import run_tasks
from pytest_django import Settings

from educounsel.accounts.models import AccountChange, Role, User
from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries

PAGE, USERS = "/siapa-membuka-kasus", "/admin/accounts/user/"
What = AccountChange.What


@pytest.fixture
def admin(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.admin)


def save(admin: Client, person: User, **typed: str) -> None:
    known = {
        "school": str(person.school_id),
        "name": person.name,
        "role": person.role,
        "email": person.email or "",
        "nisn": person.nisn or "",
        "is_active": "on",
    }
    formset = {"enrolments-TOTAL_FORMS": "0", "enrolments-INITIAL_FORMS": "0"}
    address = f"{USERS}{person.pk}/change/" if person.pk else f"{USERS}add/"
    assert admin.post(address, formset | known | typed).status_code == 302


def give_new_password(admin: Client, *people: User) -> None:
    chosen = [str(person.pk) for person in people]
    admin.post(USERS, {"action": "give_new_password", "_selected_action": chosen})


def written(cast: Cast) -> list[tuple[str, User, User]]:
    changes = AccountChange.objects.order_by("pk").select_related("person", "by")
    return [(change.what, change.person, change.by) for change in changes]


def told() -> set[User]:
    alerts = Notification.objects.filter(kind="access").select_related("recipient")
    return {alert.recipient for alert in alerts}


def test_a_new_password_of_a_guru_bk_is_told_to_all_who_guard_cases(
    cast: Cast, admin: Client
) -> None:
    give_new_password(admin, cast.rina)
    assert written(cast) == [(What.PASSWORD, cast.rina, cast.admin)]
    assert told() == {cast.rina, cast.budi, cast.head}
    alert = Notification.objects.filter(recipient=cast.rina).get()
    assert alert.title == "Kata sandi Bu Rina Nuraini dibuat baru oleh admin"
    assert alert.url == PAGE


def test_that_of_a_student_is_no_way_to_a_case(
    cast: Cast, admin: Client, client_of: ClientOf
) -> None:
    give_new_password(admin, cast.sari, cast.head)
    assert written(cast) == [(What.OF_STUDENT, cast.sari, cast.admin)]
    assert told() == set()
    assert "Sari" not in client_of(cast.rina).get(PAGE).text


def test_a_student_is_told_of_a_new_password_for_good(
    cast: Cast, admin: Client, client_of: ClientOf
) -> None:
    give_new_password(admin, cast.sari, cast.dodi)
    (told_sari,) = Notification.objects.filter(recipient=cast.sari)
    assert told_sari.title == "Kata sandimu dibuat baru oleh admin sekolah"
    Notification.objects.all().delete()
    User.objects.update(must_choose_password=False)
    page = client_of(User.objects.get(pk=cast.sari.pk)).get(told_sari.url).text
    assert page.count("Membuat kata sandi baru untukmu") == 1
    assert "<b>Admin sekolah</b>" in page
    assert cast.admin.name not in page.replace("Admin sekolah", "").replace("Admin dan", "")
    assert "Membuat kata sandi baru" not in client_of(cast.tia).get(told_sari.url).text


def test_a_new_student_is_no_change(cast: Cast, admin: Client) -> None:
    save(admin, User(school=cast.school, name="Baru", role=Role.STUDENT, nisn="0098765432"))
    assert written(cast) == []
    assert User.objects.get(name="Baru").must_choose_password


@pytest.mark.parametrize("is_new", [True, False])
def test_whoever_becomes_a_guru_bk_is_told_of(cast: Cast, admin: Client, is_new: bool) -> None:
    if is_new:
        person = User(school=cast.school, name="Bu Baru", role=Role.GURU_BK, email="b@x.example")
        save(admin, person)
        person = User.objects.get(name="Bu Baru")
    else:
        person = cast.dodi
        save(admin, person, role=Role.GURU_BK)
    assert written(cast) == [(What.BECAME, person, cast.admin)]
    assert told() == {person, cast.rina, cast.budi, cast.head}


def test_an_admin_cannot_quietly_become_one(cast: Cast, admin: Client) -> None:
    other = User.objects.create_user(
        "langit-biru-42",
        school=cast.school,
        name="Admin dua",
        role=Role.ADMIN,
        email="dua@x.example",
    )
    save(admin, cast.admin, role=Role.GURU_BK)
    assert written(cast) == [(What.BECAME, cast.admin, cast.admin)]
    assert told() == {cast.admin, cast.rina, cast.budi, cast.head}
    assert other not in told()


@pytest.mark.parametrize("left", [{"role": "student"}, {"is_active": ""}])
def test_who_is_one_no_longer_is_told_of_and_back_again(
    cast: Cast, admin: Client, left: dict[str, str]
) -> None:
    save(admin, cast.budi, nisn="0012345678", **left)
    cast.budi.refresh_from_db()
    save(admin, cast.budi, role=Role.GURU_BK)
    assert [(what, by) for what, _, by in written(cast)] == [
        (What.LEFT, cast.admin), (What.BECAME, cast.admin),
    ]  # fmt: skip


def test_another_change_is_nobodys_business(cast: Cast, admin: Client) -> None:
    save(admin, cast.budi, name="Pak Budi Santoso, S.Pd.")
    assert written(cast) == []


def test_it_goes_by_mail_where_mail_is_set_up(
    cast: Cast, clock: time_machine.Traveller, client_of: ClientOf, settings: Settings
) -> None:
    settings.MAIL_SERVER, settings.PUBLIC_URL = "mail.example", "https://bk.sekolah.example"
    give_new_password(client_of(cast.admin), cast.rina)
    run_tasks()
    assert ["rina@cendekia.example"] in [sent.to for sent in mail.outbox]
    assert all("Rina" not in f"{sent.subject} {sent.body}" for sent in mail.outbox)


def test_the_page_shows_who_may_and_what_was_changed(
    cast: Cast, admin: Client, client_of: ClientOf
) -> None:
    give_new_password(admin, cast.rina)
    for guard in (cast.budi, cast.head):
        page = client_of(guard).get(PAGE).text
        for words in ("Pak Budi Santoso", "Kata sandi baru dibuat", f"oleh {cast.admin}"):
            assert words in page
    assert "Kata sandi baru dibuat" not in client_of(cast.tono).get(PAGE).text


def test_many_changes_cost_no_more_queries(
    cast: Cast, admin: Client, client_of: ClientOf, count_queries: CountQueries
) -> None:
    rina = client_of(cast.rina)
    give_new_password(admin, cast.rina)
    User.objects.update(must_choose_password=False)
    rina = client_of(User.objects.get(pk=cast.rina.pk))
    rina.get(PAGE)
    one = count_queries(rina, PAGE)
    for _ in range(3):
        give_new_password(admin, cast.budi)
    assert count_queries(rina, PAGE) == one
