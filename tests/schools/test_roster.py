"""The roster, as a school's admin keeps it, from the first day on."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from educounsel.accounts.models import AccountChange, Role, User
from educounsel.schools.models import Holiday, School
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.factories import make_admin

PEOPLE = "/admin/accounts/user/"
ADD = f"{PEOPLE}add/"
GIVEN = re.compile(r"Kata sandi baru untuk [^:]+: (\S+?)<")


def _person(cast: Cast, **typed: str) -> dict[str, str]:
    formset = {"enrolments-TOTAL_FORMS": "0", "enrolments-INITIAL_FORMS": "0"}
    known = {"school": str(cast.admin.school_id), "name": "Yosef Wenda", "role": "student"}
    return formset | known | {"nisn": "0012345678", "is_active": "on"} | typed


def test_a_new_student_signs_in_with_the_password_that_is_shown_once(
    cast: Cast, client_of: ClientOf, client: Client
) -> None:
    admin = client_of(cast.admin)
    page = admin.post(ADD, _person(cast), follow=True).content.decode()
    password = re.search(r"Kata sandi baru untuk Yosef Wenda: (\S+?)<", page)
    assert password
    assert password[1] not in admin.get("/admin/accounts/user/").content.decode()
    client.post("/login", {"login": "0012345678", "password": password[1]})
    own = {"new_password1": "kuda-terbang-ungu", "new_password2": "kuda-terbang-ungu"}
    assert client.post("/account/password", own)["Location"] == "/student/dashboard"


def test_a_double_tap_gives_one_password_and_one_note(cast: Cast, client_of: ClientOf) -> None:
    admin = client_of(cast.admin)
    form = {"action": "give_new_password", "_selected_action": [str(cast.sari.pk)]}
    form |= {"key": _key_on(admin)}
    for _ in range(2):
        admin.post(PEOPLE, form)
    (password,) = GIVEN.findall(admin.get(PEOPLE).text)
    assert AccountChange.objects.count() == 1
    cast.sari.refresh_from_db()
    assert cast.sari.check_password(password)

    admin.post(PEOPLE, form | {"key": _key_on(admin)})
    (another,) = GIVEN.findall(admin.get(PEOPLE).text)
    assert another != password
    assert AccountChange.objects.count() == 2


def test_a_form_without_a_key_gives_a_new_password_each_time(
    cast: Cast, client_of: ClientOf
) -> None:
    admin = client_of(cast.admin)
    people = [str(cast.sari.pk), str(cast.dodi.pk)]
    for _ in range(2):
        admin.post(PEOPLE, {"action": "give_new_password", "_selected_action": people})
    assert len(set(GIVEN.findall(admin.get(PEOPLE).text))) == 4


def _key_on(admin: Client) -> str:
    found = re.search('name="key" value="([^"]+)"', admin.get(PEOPLE).text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "RINA@CENDEKIA.EXAMPLE"}, "E-mail"),
        ({"nisn": "12345"}, "NISN terdiri dari 10 angka."),
        ({"nis": "a@b"}, "NIS tanpa @"),
        ({"nisn": ""}, "dengan itu orang ini masuk"),
    ],
)
def test_an_account_that_nobody_could_use_is_refused_in_the_form(
    cast: Cast, client_of: ClientOf, typed: dict[str, str], sentence: str
) -> None:
    User.objects.filter(pk=cast.rina.pk).update(email="rina@cendekia.example")
    response = client_of(cast.admin).post(ADD, _person(cast, **typed))
    assert response.status_code == 200
    assert sentence in "".join(re.findall(r"(?s)errorlist.*?</ul>", response.content.decode()))
    assert not User.objects.filter(name="Yosef Wenda").exists()


def _errors(page: str) -> str:
    return "".join(re.findall(r"(?s)errorlist.*?</ul>", page))


@pytest.mark.parametrize("typed", [{"role": "guru_bk"}, {"is_active": ""}])
def test_the_last_admin_stays_one(cast: Cast, client_of: ClientOf, typed: dict[str, str]) -> None:
    admin, address = client_of(cast.admin), f"/admin/accounts/user/{cast.admin.pk}/change/"
    sent = _person(cast, email="admin@cendekia.example", nisn="", role="admin") | typed
    assert "Ini admin terakhir sekolah." in _errors(admin.post(address, sent).text)
    cast.admin.refresh_from_db()
    assert (cast.admin.role, cast.admin.is_active) == (Role.ADMIN, True)
    make_admin(cast.school)
    admin.post(address, sent)
    assert User.objects.active().filter(role=Role.ADMIN, school=cast.school).count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"grade": "6"}, "Tingkat paling rendah 7."),
        ({"grade": "14"}, "Tingkat paling tinggi 13."),
        ({"name": "XI IPA 2"}, "Kelas dengan nama ini sudah ada di tahun ajaran itu."),
    ],
)
def test_a_class_that_cannot_be_is_asked_again(
    cast: Cast, client_of: ClientOf, typed: dict[str, str], sentence: str
) -> None:
    sent = {"year": str(cast.sari_class.year_id), "name": "XIII TKJ", "grade": "13"} | typed
    page = client_of(cast.admin).post("/admin/schools/classgroup/add/", sent).text
    assert sentence in _errors(page)


def test_of_two_years_one_runs(cast: Cast, client_of: ClientOf) -> None:
    sent = {"school": cast.school.pk, "name": "2027/2028", "is_current": "on"}
    sent |= {"starts_on": "2027-07-12", "ends_on": "2028-06-24"}
    page = client_of(cast.admin).post("/admin/schools/schoolyear/add/", sent).text
    assert "Tahun ajaran lain masih sedang berjalan." in _errors(page)


HOLIDAY = {"name": "Libur semester", "starts_on": "2026-12-21", "ends_on": "2027-01-03"}


def test_an_admin_enters_the_holidays_of_the_own_school(cast: Cast, client_of: ClientOf) -> None:
    admin = client_of(cast.admin)
    answer = admin.post("/admin/schools/holiday/add/", HOLIDAY | {"school": cast.school.pk})
    assert answer["Location"] == "/admin/schools/holiday/"
    assert "Libur semester" in admin.get("/admin/schools/holiday/").text
    assert "Libur semester" not in client_of(cast.other_admin).get("/admin/schools/holiday/").text
    assert client_of(cast.rina).get("/admin/schools/holiday/").status_code in (302, 404)


@pytest.mark.parametrize("typed", [{"ends_on": "2026-12-20"}, {"name": ""}, {"starts_on": "?"}])
def test_a_holiday_that_cannot_be_is_asked_again(
    cast: Cast, client_of: ClientOf, typed: dict[str, str]
) -> None:
    sent = HOLIDAY | {"school": str(cast.school.pk)} | typed
    answer = client_of(cast.admin).post("/admin/schools/holiday/add/", sent)
    assert "errorlist" in answer.text
    assert not Holiday.objects.exists()


def test_no_holiday_for_another_school(cast: Cast, client_of: ClientOf) -> None:
    sent = HOLIDAY | {"school": cast.other_school.pk}
    client_of(cast.admin).post("/admin/schools/holiday/add/", sent)
    assert not Holiday.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "email"), [("", "a@sekolah.example"), ("SMP 3", "bukan-email")])
def test_a_school_does_not_open_for_an_admin_who_could_not_sign_in(name: str, email: str) -> None:
    with pytest.raises(CommandError):
        call_command("open_school", name, email)
    assert not School.objects.exists()


@pytest.mark.django_db
def test_the_first_admin_of_a_school_chooses_an_own_password_first(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("open_school", "SMP Negeri 3 Kupang", "admin@smpn3.example")
    given = capsys.readouterr().out.split()[-1]
    client.post("/login", {"login": "admin@smpn3.example", "password": given})
    assert client.get("/admin/")["Location"] == "/account/password"
    own = {"new_password1": "kuda-terbang-ungu", "new_password2": "kuda-terbang-ungu"}
    assert client.post("/account/password", own)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
