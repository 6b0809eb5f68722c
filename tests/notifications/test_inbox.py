import pytest

from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries

OTHERS = ["dodi", "rina", "tono", "tia", "admin"]


def tell(cast: Cast, count: int = 1, who: str = "sari") -> list[Notification]:
    return [
        Notification.objects.create(
            recipient=getattr(cast, who), kind="contoh", subject=f"contoh:{number}",
            title=f"Kabar {number}", url=f"/student/materi/{number}", icon="book",
        )
        for number in range(count)
    ]  # fmt: skip


def test_the_inbox_shows_mine_newest_first_with_its_link(cast: Cast, client_of: ClientOf) -> None:
    tell(cast, 2)
    tell(cast, who="dodi")
    page = client_of(cast.sari).get("/student/notifications")
    assert [row.title for row in page.context["page"]] == ["Kabar 1", "Kabar 0"]
    assert 'href="/student/materi/1"' in page.text


def test_an_empty_inbox_says_what_will_come(cast: Cast, client_of: ClientOf) -> None:
    assert "Belum ada notifikasi" in client_of(cast.sari).get("/student/notifications").text


def test_one_is_marked_read(cast: Cast, client_of: ClientOf) -> None:
    first, second = tell(cast, 2)
    assert client_of(cast.sari).post(f"/notifications/{first.pk}/read").status_code == 302
    assert list(Notification.objects.unread()) == [second]


def test_all_of_mine_are_marked_read_and_nobody_elses(cast: Cast, client_of: ClientOf) -> None:
    tell(cast, 3)
    (of_dodi,) = tell(cast, who="dodi")
    client_of(cast.sari).post("/notifications/read")
    assert list(Notification.objects.unread()) == [of_dodi]


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_marks_what_is_anothers(cast: Cast, client_of: ClientOf, who: str) -> None:
    (row,) = tell(cast)
    client = client_of(getattr(cast, who))
    assert client.post(f"/notifications/{row.pk}/read").status_code == 404
    assert client.get(f"/notifications/{row.pk}/read").status_code in (404, 405)
    assert Notification.objects.unread().count() == 1


def test_the_feed_gives_what_came_since_in_order(cast: Cast, client_of: ClientOf) -> None:
    rows = tell(cast, 3)
    tell(cast, who="dodi")
    client = client_of(cast.sari)
    answer = client.get("/notifications/feed", {"after": rows[0].pk}).json()
    assert [each["id"] for each in answer["notifications"]] == [rows[1].pk, rows[2].pk]
    assert (answer["unread_count"], answer["latest_id"], answer["more"]) == (3, rows[2].pk, False)
    again = client.get("/notifications/feed", {"after": answer["latest_id"]}).json()
    assert again["notifications"] == []


def test_too_much_to_send_is_said_in_one_word(cast: Cast, client_of: ClientOf) -> None:
    rows = tell(cast, 21)
    answer = client_of(cast.sari).get("/notifications/feed", {"after": 0}).json()
    assert (answer["notifications"], answer["more"]) == ([], True)
    assert answer["latest_id"] == rows[-1].pk


@pytest.mark.parametrize("after", ["", "-1", "abc", "9" * 19, "1.5", "٣٣x"])
def test_a_feed_after_nonsense_is_a_bad_request(
    cast: Cast, client_of: ClientOf, after: str
) -> None:
    assert client_of(cast.sari).get("/notifications/feed", {"after": after}).status_code == 400


def test_the_number_of_queries_does_not_grow(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.sari)
    tell(cast)
    few = count_queries(client, "/student/notifications")
    Notification.objects.all().delete()
    tell(cast, 50)
    assert count_queries(client, "/student/notifications") == few


def test_the_inbox_shows_unread_first_and_one_kind_alone(cast: Cast, client_of: ClientOf) -> None:
    old, new = tell(cast, 2)
    Notification.objects.filter(pk=new.pk).mark_read()
    Notification.objects.create(
        recipient=cast.sari, kind="materi", subject="materi:1", title="Bacaan", url="/", icon="book"
    )
    client = client_of(cast.sari)
    titles = [row.title for row in client.get("/student/notifications").context["page"]]
    assert titles == ["Bacaan", old.title, new.title]
    page = client.get("/student/notifications", {"kind": "materi"})
    assert [row.title for row in page.context["page"]] == ["Bacaan"]
    assert [label for _, label in page.context["filters"]][1] == "Materi baru"
    other = client.get("/student/notifications", {"kind": "kasus"})
    assert len(other.context["page"]) == 3


@pytest.mark.parametrize(
    ("kind", "back"), [("materi", "?kind=materi"), ("", ""), ("lain", ""), ("\x00", ""), ("&", "")]
)
def test_where_one_kind_is_shown_that_kind_is_marked_and_stays(
    cast: Cast, client_of: ClientOf, kind: str, back: str
) -> None:
    (other,) = tell(cast)
    Notification.objects.create(
        recipient=cast.sari, kind="materi", subject="materi:1", title="Bacaan", url="/", icon="book"
    )
    client = client_of(cast.sari)
    assert (
        f'name="kind" value="{kind}"' in client.get(f"/student/notifications{back}").text
        or not back
    )
    response = client.post("/notifications/read", {"kind": kind})
    assert response["Location"] == f"/student/notifications{back}"
    unread = list(Notification.objects.unread())
    assert unread == ([other] if back else [])
