"""The school says something to many: to whom it is for, to nobody else, and takes it back."""

from uuid import uuid4

import pytest
from django_ox.models import OxTask

from educounsel.accounts.models import User
from educounsel.announcements import announcing
from educounsel.announcements.models import Announcement, Audience
from educounsel.announcements.tasks import tell_announcement
from educounsel.announcements.telling import forget_if_withdrawn, tell
from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries

NEW = "/announcements/new"


def announce(cast: Cast, audience: Audience, author: User | None = None) -> Announcement:
    who = author or cast.admin
    return announcing.publish(who, "Pramuka", "Jumat.", audience, [cast.sari_class], uuid4())


def told() -> set[str]:
    rows = Notification.objects.filter(kind="announcement")
    return set(rows.values_list("recipient__name", flat=True))


@pytest.mark.parametrize(
    ("audience", "students", "staff"),
    [
        (Audience.EVERYBODY, {"sari", "dodi"}, {"rina", "budi", "head"}),
        (Audience.CLASSES, {"sari"}, set()),
        (Audience.STAFF, set(), {"rina", "budi", "head"}),
    ],
)
def test_each_is_told_and_shown_what_is_for_them(
    cast: Cast, client_of: ClientOf, audience: Audience, students: set[str], staff: set[str]
) -> None:
    made = announce(cast, audience)
    for _ in range(2):
        tell_announcement.func(made.pk)
    assert told() == {getattr(cast, who).name for who in students | staff}
    assert Notification.objects.count() == len(students | staff)
    for who in ("sari", "dodi", "tia", "tono", "rina", "head"):
        sees = who in students or who in {"rina", "head"}
        answer = client_of(getattr(cast, who)).get(f"/announcements/{made.pk}")
        assert (who, answer.status_code) == (who, 200 if sees else 404)
        page = client_of(getattr(cast, who)).get("/announcements").text
        assert (who, "Pramuka</a>" in page) == (who, sees)


def test_the_author_is_not_told_and_the_link_opens_the_page(
    cast: Cast, client_of: ClientOf
) -> None:
    made = announce(cast, Audience.EVERYBODY, cast.rina)
    tell_announcement.func(made.pk)
    assert told() == {cast.sari.name, cast.dodi.name, cast.budi.name, cast.head.name}
    row = Notification.objects.get(recipient=cast.sari)
    assert (row.title, row.text) == ("Pengumuman sekolah", "Pramuka")
    assert "Jumat." in client_of(cast.sari).get(row.url).text


def test_what_is_withdrawn_vanishes_and_is_told_no_more(cast: Cast, client_of: ClientOf) -> None:
    made = announce(cast, Audience.EVERYBODY)
    tell_announcement.func(made.pk)
    announcing.withdraw(made)
    tell_announcement.func(made.pk)
    assert told() == set()
    assert client_of(cast.sari).get(f"/announcements/{made.pk}").status_code == 404
    assert "Pramuka" not in client_of(cast.admin).get("/announcements").text


def test_withdrawn_while_people_are_told_nobody_keeps_a_dead_link(cast: Cast) -> None:
    made = announce(cast, Audience.EVERYBODY)
    announcing.withdraw(made)
    tell(made)
    forget_if_withdrawn(made)
    assert told() == set()


def test_the_form_publishes_once(cast: Cast, client_of: ClientOf) -> None:
    admin, form = client_of(cast.admin), {"title": "Libur", "text": "Senin", "audience": "semua"}
    form["key"] = str(uuid4())
    places = {admin.post(NEW, form)["Location"] for _ in range(2)}
    made = Announcement.objects.get()
    assert places == {f"/announcements/{made.pk}"}
    assert (made.school, made.author) == (cast.school, cast.admin)
    assert OxTask.objects.filter(task_path__endswith="tell_announcement").count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Isi judulnya."),
        ({"text": " "}, "Isi pengumumannya."),
        ({"text": "a" * 2001}, "Isinya paling banyak 2.000 huruf."),
        ({"audience": ""}, "Pilih untuk siapa"),
        ({"audience": "kelas"}, "Pilih setidaknya satu kelas."),
        ({"key": "x"}, "Muat ulang halaman"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    cast: Cast, client_of: ClientOf, changes: dict[str, str], sentence: str
) -> None:
    form = {"title": "Libur", "text": "Hari Senin", "audience": "semua", "key": str(uuid4())}
    answer = client_of(cast.rina).post(NEW, form | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert (form | changes)["text"] in answer.text
    assert not Announcement.objects.exists()


def test_classes_of_another_school_cannot_be_named(cast: Cast, client_of: ClientOf) -> None:
    form = {"title": "x", "text": "y", "audience": "kelas", "key": str(uuid4())}
    other = str(cast.other_school.years.get().class_groups.get().pk)
    answer = client_of(cast.rina).post(NEW, form | {"class_groups": other})
    assert answer.status_code == 422
    assert not Announcement.objects.exists()


def test_a_guru_bk_withdraws_the_own_and_an_admin_any_of_the_school(
    cast: Cast, client_of: ClientOf
) -> None:
    by_admin = announce(cast, Audience.STAFF)
    by_rina = announce(cast, Audience.STAFF, cast.rina)
    assert client_of(cast.rina).post(f"/announcements/{by_admin.pk}/withdrawal").status_code == 404
    for other in (cast.budi, cast.tono, cast.other_admin, cast.head, cast.sari):
        address = f"/announcements/{by_rina.pk}/withdrawal"
        assert client_of(other).post(address).status_code == 404
    assert client_of(cast.admin).post(f"/announcements/{by_rina.pk}/withdrawal").status_code == 302
    assert list(Announcement.objects.standing()) == [by_admin]


def test_the_list_costs_the_same_with_many(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    sari = client_of(cast.sari)
    announce(cast, Audience.EVERYBODY)
    one = count_queries(sari, "/announcements")
    for _ in range(3):
        announce(cast, Audience.CLASSES)
    assert count_queries(sari, "/announcements") == one
