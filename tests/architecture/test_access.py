"""Who may do what: every address of the URL map, every role, every method, against one table.

A new route fails here until somebody has thought about who may open it.
"""

import uuid
from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from educounsel.announcements.models import Announcement
from educounsel.appointments.models import Appointment, Availability, Offer, Waiting
from educounsel.companion.asking import ask
from educounsel.companion.models import Case, Level, Message, Reply, Share
from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.factories import make_materi

ROLES = ("stranger", "sari", "dodi", "rina", "tono", "admin", "head")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# No login stands before these; the numbers for everybody are on the first page.
TO_THE_FIRST_PAGE = {"accounts:logout", "schools:help"}

# What belongs to somebody is Sari's, in Bu Rina's care; the materi is for Sari's class alone.
# 302 for a stranger is the way to the login page, or to the first one. `ok` is 200; a POST sent
# empty is answered 422 where something must be filled in.
TABLE = """
                              method  stranger sari dodi rina tono admin head
web:home                      GET     200      302  302  302  302  302  302
web:offline                   GET     200      200  200  200  200  200  200
web:manifest                  GET     200      200  200  200  200  200  200
web:favicon                   GET     200      200  200  200  200  200  200
web:service_worker            GET     200      200  200  200  200  200  200
accounts:login                GET     200      302  302  302  302  302  302
accounts:login                POST    422      302  302  302  302  302  302
accounts:logout               POST    302      302  302  302  302  302  302
accounts:account              GET     302      200  200  200  200  200  200
accounts:password             GET     302      200  200  200  200  200  200
accounts:password             POST    302      422  422  422  422  422  422
schools:help                  GET     302      200  200  404  404  404  404
dashboard:student             GET     302      200  200  404  404  404  404
dashboard:guru                GET     302      404  404  200  200  404  404
materi:list                   GET     302      200  200  404  404  404  404
materi:detail                 GET     302      200  404  404  404  404  404
materi:file                   GET     302      302  404  404  404  404  404
materi:thumbnail              GET     302      302  404  302  404  404  404
materi:desk                   GET     302      404  404  200  200  404  404
materi:new                    GET     302      404  404  200  200  404  404
materi:new                    POST    302      404  404  422  422  404  404
materi:draft_preview          POST    302      404  404  200  200  404  404
materi:edit                   GET     302      404  404  200  404  404  404
materi:edit                   POST    302      404  404  422  404  404  404
materi:preview                GET     302      404  404  200  404  404  404
materi:desk_file              GET     302      404  404  302  404  404  404
materi:publication            POST    302      404  404  302  404  404  404
materi:archiving              POST    302      404  404  302  404  404  404
materi:withdrawal             POST    302      404  404  302  404  404  404
announcements:list            GET     302      200  200  200  200  200  200
announcements:detail          GET     302      200  404  200  404  200  200
announcements:new             GET     302      404  404  200  200  200  404
announcements:new             POST    302      404  404  422  422  422  404
announcements:withdraw        POST    302      404  404  302  404  302  404
companion:chat                GET     302      200  200  404  404  404  404
companion:send                POST    302      422  422  404  404  404  404
companion:message             GET     302      200  404  404  404  404  404
companion:earlier             GET     302      200  404  404  404  404  404
companion:stop                POST    302      302  404  404  404  404  404
companion:retry               POST    302      302  404  404  404  404  404
companion:conversations       GET     302      200  200  404  404  404  404
companion:search              POST    302      422  422  404  404  404  404
companion:begin               POST    302      302  302  404  404  404  404
companion:conversation        GET     302      200  404  404  404  404  404
companion:send_in             POST    302      422  404  404  404  404  404
companion:rename              GET     302      200  404  404  404  404  404
companion:rename              POST    302      422  404  404  404  404  404
companion:remove              POST    302      302  404  404  404  404  404
companion:text                GET     302      200  404  404  404  404  404
companion:pdf                 GET     302      200  404  404  404  404  404
companion:pick                GET     302      200  404  404  404  404  404
companion:pick                POST    302      200  404  404  404  404  404
companion:lines               POST    302      422  404  404  404  404  404
companion:preview             POST    302      422  404  404  404  404  404
companion:send_share          POST    302      422  404  404  404  404  404
companion:shares              GET     302      200  200  404  404  404  404
companion:share               GET     302      200  404  404  404  404  404
companion:withdraw            POST    302      302  404  404  404  404  404
companion:received            GET     302      404  404  200  200  404  404
companion:received_share      GET     302      404  404  200  404  404  404
companion:cases               GET     302      404  404  200  200  404  404
companion:case                GET     302      404  404  200  404  404  404
companion:claim               POST    302      404  404  302  404  404  404
companion:close               POST    302      404  404  422  404  404  404
companion:contact             POST    302      404  404  422  404  404  404
companion:offer               POST    302      404  404  422  404  404  404
companion:everything          GET     302      404  404  200  404  404  404
companion:everything          POST    302      404  404  422  404  404  404
companion:concern             GET     302      404  404  200  404  404  404
companion:concern             POST    302      404  404  422  404  404  404
companion:drills              GET     302      404  404  200  200  404  404
companion:start_drill         POST    302      404  404  302  302  404  404
companion:oversight           GET     302      404  404  404  404  404  200
companion:access              GET     302      404  404  200  200  404  200
companion:openings            GET     302      200  200  404  404  404  404
appointments:list             GET     302      200  200  404  404  404  404
appointments:create           GET     302      200  200  404  404  404  404
appointments:store            POST    302      422  422  404  404  404  404
appointments:detail           GET     302      200  404  404  404  404  404
appointments:cancel           POST    302      302  404  404  404  404  404
appointments:stand_in_line    GET     302      200  200  404  404  404  404
appointments:stand_in_line    POST    302      422  422  404  404  404  404
appointments:leave_line       POST    302      302  404  404  404  404  404
appointments:offer            GET     302      200  404  404  404  404  404
appointments:accept_offer     POST    302      302  404  404  404  404  404
appointments:refuse_offer     POST    302      302  404  404  404  404  404
appointments:ask_to_move      GET     302      200  404  404  404  404  404
appointments:ask_to_move      POST    302      422  404  404  404  404  404
appointments:accept_move      POST    302      302  404  404  404  404  404
appointments:desk             GET     302      404  404  200  200  404  404
appointments:guru_detail      GET     302      404  404  200  404  404  404
appointments:confirm          POST    302      404  404  302  404  404  404
appointments:decline          POST    302      404  404  422  404  404  404
appointments:guru_cancel      POST    302      404  404  422  404  404  404
appointments:complete         POST    302      404  404  409  404  404  404
appointments:move             GET     302      404  404  200  404  404  404
appointments:move             POST    302      404  404  422  404  404  404
appointments:availability     GET     302      404  404  200  200  404  404
appointments:availability     POST    302      404  404  422  422  404  404
appointments:close_hours      POST    302      404  404  302  404  404  404
notifications:student         GET     302      200  200  404  404  404  404
notifications:guru            GET     302      404  404  200  200  404  200
notifications:preferences     GET     302      200  200  200  200  200  200
notifications:preferences     POST    302      422  422  422  422  422  422
notifications:push            POST    302      422  422  422  422  422  422
notifications:push_off        POST    302      204  204  204  204  204  204
notifications:whatsapp        POST    302      404  404  404  404  404  404
notifications:whatsapp_off    POST    302      302  302  302  302  302  302
notifications:feed            GET     302      200  200  200  200  200  200
notifications:read_all        POST    302      302  302  302  302  302  302
notifications:read            POST    302      302  404  404  404  404  404
realtime:authorise            POST    302      403  403  403  403  403  403
realtime:sign_in              POST    302      403  403  403  403  403  403
"""

type Answers = dict[str, int]


def rows() -> dict[tuple[str, str], Answers]:
    lines = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return {
        (name, method): dict(zip(ROLES, map(int, statuses), strict=True))
        for name, method, *statuses in lines
    }


ROWS = rows()


def routes(patterns: list[URLPattern | URLResolver], space: str = "") -> list[str]:
    """The names of the URL map; Django's admin has a test of its own below."""
    found: list[str] = []
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            found.append(f"{space}{pattern.name}")
        elif pattern.app_name != "admin":
            found += routes(pattern.url_patterns, f"{pattern.namespace}:")
    return found


def test_every_route_stands_in_the_table() -> None:
    assert sorted({name for name, _ in ROWS}) == sorted(routes(get_resolver().url_patterns))


@pytest.fixture
def things(cast: Cast) -> dict[str, int]:
    """One of each thing that belongs to somebody, by the first word of its routes."""
    materi = make_materi(cast.rina, pdf="materi/x.pdf", thumbnail="materi/x.webp")
    materi.class_groups.set([cast.sari_class])
    message = ask(cast.sari, "aku mau bunuh diri malam ini", uuid.uuid4())
    return {
        "message": message.pk,
        "reply": message.reply.pk,
        "conversation": message.conversation_id,
        "case": Case.objects.get().pk,
        "concern": _concern(message).pk,
        "share": _share(cast, message).pk,
        "materi": materi.pk,
        "announcements": _announcement(cast).pk,
        "appointments": _appointment(cast).pk,
        "counsellor": cast.rina.pk,
        "offer": (offer := _offer(cast)).pk,
        "waiting": offer.waiting_id,
        "notifications": _notification(cast).pk,
        "hours": _hours(cast).pk,
    }


def _concern(message: Message) -> Message:
    """Another of Sari's messages, less urgent."""
    concern = Message.objects.create(
        conversation=message.conversation, text="capek banget", key=uuid.uuid4(),
        level=Level.CONCERN, detector_version="contoh",
    )  # fmt: skip
    Reply.objects.create(message=concern)
    return concern


def _share(cast: Cast, message: Message) -> Share:
    return Share.objects.create(
        student=cast.sari, guru=cast.rina, conversation=message.conversation, key=uuid.uuid4()
    )


def _announcement(cast: Cast) -> Announcement:
    """By Bu Rina, for Sari's class."""
    made = Announcement.objects.create(
        school=cast.school, author=cast.rina, title="Pramuka", text="Jumat pukul 14.",
        audience="kelas", key=uuid.uuid4(),
    )  # fmt: skip
    made.class_groups.set([cast.sari_class])
    return made


def _appointment(cast: Cast) -> Appointment:
    starts_at = timezone.now() + timedelta(days=1)
    return Appointment.objects.create(
        student=cast.sari, counsellor=cast.rina, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30), topic="Ujian", key=uuid.uuid4(),
    )  # fmt: skip


def _offer(cast: Cast) -> Offer:
    today, at = timezone.localdate(), timezone.now() + timedelta(days=2)
    waiting = Waiting.objects.create(
        student=cast.sari, counsellor=cast.rina, from_day=today, until_day=today, topic="Ujian"
    )
    return Offer.objects.create(
        waiting=waiting, starts_at=at, ends_at=at + timedelta(minutes=30), expires_at=at
    )


def _notification(cast: Cast) -> Notification:
    return Notification.objects.create(
        recipient=cast.sari, kind="contoh", subject="contoh:1", title="Kabar", url="/", icon="bell"
    )


def _hours(cast: Cast) -> Availability:
    return Availability.objects.create(
        counsellor=cast.rina, weekday=0, starts_at="08:00", ends_at="09:00"
    )


def address_of(name: str, things: dict[str, int]) -> str:
    kind = OTHER_KINDS.get(name, name.partition(":")[0])
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, args=[things[kind]])


OTHER_KINDS = {
    "appointments:close_hours": "hours",
    "appointments:stand_in_line": "counsellor",
    "appointments:leave_line": "waiting",
    **{f"appointments:{name}": "offer" for name in ("offer", "accept_offer", "refuse_offer")},
    "companion:message": "message",
    "companion:earlier": "message",
    "companion:stop": "reply",
    "companion:retry": "reply",
    **{
        f"companion:{name}": "conversation"
        for name in ("conversation", "send_in", "rename", "remove", "text", "pdf")
    },
    **{f"companion:{name}": "conversation" for name in ("pick", "lines", "preview", "send_share")},
    **{f"companion:{name}": "share" for name in ("share", "withdraw", "received_share")},
    "companion:case": "case",
    "companion:claim": "case",
    "companion:close": "case",
    "companion:contact": "case",
    "companion:offer": "case",
    "companion:everything": "case",
    "companion:concern": "concern",
}


def expected(name: str, method: str, role: str) -> set[int]:
    """A method that the table does not name is refused, in a way that tells an outsider nothing:
    405 is said before anybody looks whether the thing exists."""
    method = "GET" if method == "HEAD" else method
    if (name, method) in ROWS:
        return {ROWS[name, method][role]}
    return {answers[role] for row, answers in ROWS.items() if row[0] == name} & {302, 404} | {405}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted({name for name, _ in ROWS}))
def test_each_method_of_a_route_answers_as_the_table_says(
    name: str, role: str, cast: Cast, things: dict[str, int], client_of: ClientOf
) -> None:
    address = address_of(name, things)
    for method in METHODS:
        client = Client() if role == "stranger" else client_of(getattr(cast, role))
        answer = client.generic(method, address)
        assert answer.status_code in expected(name, method, role), (method, answer)
        if role == "stranger" and answer.status_code == 302 and name not in TO_THE_FIRST_PAGE:
            asked = address if method in ("GET", "HEAD") else ""
            assert answer["Location"] == f"/login?next={asked}"


# The admin's lists; those of chats, cases, appointments and jobs are not among them.
KEPT = [
    "accounts_user",
    "companion_usage",
    "schools_classgroup",
    "schools_counsellordesk",
    "schools_crisisplan",
    "schools_helpcontact",
    "schools_holiday",
    "schools_school",
    "schools_schoolday",
    "schools_schoolyear",
]


@pytest.mark.parametrize(
    ("role", "answer"),
    [
        ("stranger", 200),
        ("sari", 404),
        ("dodi", 404),
        ("rina", 404),
        ("tono", 404),
        ("head", 404),
        ("admin", 200),
    ],
)
def test_the_admin_opens_for_admins_only(
    cast: Cast, client_of: ClientOf, role: str, answer: int
) -> None:
    """A stranger ends at the login page."""
    client = Client() if role == "stranger" else client_of(getattr(cast, role))
    for name in ("index", *(f"{kept}_changelist" for kept in KEPT)):
        found = client.get(reverse(f"admin:{name}"), follow=True)
        assert (name, found.status_code) == (name, answer)


def test_an_admin_is_shown_nothing_but_the_roster(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        status = client.get(reverse(f"admin:{name}_changelist")).status_code
        assert (name, status) == (name, 200 if name in KEPT else 403)


def test_an_admin_sees_the_people_of_the_own_school_only(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    people = client.get(reverse("admin:accounts_user_changelist")).text
    assert "Sari Amelia" in people
    assert "Tia Rahayu" not in people
    other = reverse("admin:accounts_user_change", args=[cast.tia.pk])
    assert client.get(other).status_code == 302
    own = client.get(reverse("admin:schools_classgroup_change", args=[cast.sari_class.pk])).text
    assert "Bu Rina" in own
    assert "Pak Tono" not in own
