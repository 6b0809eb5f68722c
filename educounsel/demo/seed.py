"""The demo schools, put into the database through the same verbs that people use."""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from educounsel.accounts.models import Role, User
from educounsel.announcements import announcing
from educounsel.announcements.models import Audience
from educounsel.announcements.telling import tell
from educounsel.appointments import booking, notices
from educounsel.appointments.models import Appointment, Availability
from educounsel.appointments.slots import Slot, days_for
from educounsel.companion.models import Conversation, Message, Reply
from educounsel.companion.screening import screen
from educounsel.demo import content
from educounsel.demo.news import add_news
from educounsel.demo.passwords import demo_password
from educounsel.demo.pdf import build_pdf
from educounsel.demo.thumbnail import draw_thumbnail
from educounsel.materi import publishing, uploads
from educounsel.materi.announcing import announce
from educounsel.materi.models import Materi
from educounsel.notifications.models import Notification
from educounsel.notifications.notify import notify
from educounsel.schools.models import ClassGroup, CounsellorDesk, Enrolment, School
from educounsel.schools.opening import open_school

DAYS_BETWEEN_MATERI = 3
STILL_UNREAD = 2


@transaction.atomic
def seed() -> None:
    """Two schools with everything a first look needs. For an empty database."""
    for facts in content.load_schools():
        school = _add_school(facts)
        for text in reversed(content.load_materi()):
            _add_materi(school, text)
    stories = content.load_stories()
    for appointment in stories.appointments:
        _add_appointment(appointment)
    _add_chat(stories.chat)
    for school in School.objects.order_by("pk"):
        _add_announcements(school)
    _move_one()
    add_news()
    User.objects.filter(role=Role.ADMIN, school=School.objects.earliest("pk")).update(
        keeps_server=True
    )


# --- People --------------------------------------------------------------------------------------


def _add_school(facts: content.SchoolText) -> School:
    school = open_school(
        facts.name, facts.slug, facts.timezone, address=facts.address, phone=facts.phone
    )
    _add_person(school, Role.ADMIN, name=facts.admin.name, email=facts.admin.email)
    for group in facts.classes:
        _add_class(school, group)
    for counsellor in facts.counsellors:
        _add_counsellor(school, counsellor)
    _name_in_the_plan(school, facts)
    return school


def _add_person(school: School, role: Role, **fields: str | None) -> User:
    login = fields.get("nisn") or fields["email"] or ""
    return User.objects.create_user(
        demo_password(login), school=school, role=role, is_demo=True, **fields
    )


def _add_class(school: School, facts: content.ClassText) -> None:
    year = school.years.get()
    group = ClassGroup.objects.create(year=year, name=facts.name, grade=facts.tingkat)
    for each in facts.students:
        student = _add_person(
            school, Role.STUDENT, name=each.name, nisn=each.nisn, nis=each.nis, email=each.email
        )
        Enrolment.objects.create(student=student, year=year, class_group=group)


def _add_counsellor(school: School, facts: content.CounsellorText) -> None:
    guru = _add_person(school, Role.GURU_BK, name=facts.name, nip=facts.nip, email=facts.email)
    CounsellorDesk.objects.create(counsellor=guru, room=facts.room, phone=facts.phone)
    guru.class_groups.set(ClassGroup.objects.filter(year__school=school, name__in=facts.classes))
    for hours in facts.availability:
        Availability.objects.create(
            counsellor=guru,
            weekday=hours.weekday,
            starts_at=hours.start,
            ends_at=hours.end,
            slot_minutes=hours.slot_minutes,
        )


def _name_in_the_plan(school: School, facts: content.SchoolText) -> None:
    """After hours the coordinator is on duty; in school hours the Guru BK of the class."""
    plan = school.crisis_plan
    plan.head = _add_person(school, Role.HEAD, name=facts.head.name, email=facts.head.email)
    plan.coordinator = school.people.get(name=facts.coordinator)
    plan.after_hours_duty = plan.coordinator
    plan.save()


# --- Materi --------------------------------------------------------------------------------------


def _add_materi(school: School, text: content.MateriText) -> None:
    """The newest today, each older one days earlier; of the old ones the students have read."""
    materi = _published(school, text)
    announce(materi)
    long_ago = timezone.now() - timedelta(days=DAYS_BETWEEN_MATERI * (text.order - 1))
    Materi.objects.filter(pk=materi.pk).update(published_at=long_ago)
    told = Notification.objects.filter(kind="materi", subject=f"materi:{materi.pk}")
    told.update(created_at=long_ago, read_at=long_ago if text.order > STILL_UNREAD else None)


def _published(school: School, text: content.MateriText) -> Materi:
    author = school.people.counsellors().order_by("pk")[text.order % 2]
    materi = Materi(
        school=school,
        author=author,
        title=text.title,
        bidang=text.bidang,
        summary=text.summary,
        body=text.body,
    )
    publishing.save(
        materi,
        ClassGroup.objects.of_school(school.pk).filter(name=text.class_name),
        thumbnail=draw_thumbnail(text.bidang, (text.order - 1) // 4),
        pdf=_pdf(text, author) if text.has_pdf else None,
    )
    publishing.publish(materi)
    return materi


def _pdf(text: content.MateriText, author: User) -> uploads.Pdf:
    return uploads.read_pdf(build_pdf(text.title, text.bidang, author.name, text.body))


# --- Stories -------------------------------------------------------------------------------------


def _add_appointment(facts: content.AppointmentText) -> None:
    student = User.objects.get(name=facts.student, role=Role.STUDENT)
    counsellor = User.objects.get(name=facts.counsellor, role=Role.GURU_BK)
    starts_at = _at(facts.day, facts.at, student.school.zone)
    if starts_at < timezone.now():
        _add_past(facts, student, counsellor, starts_at)
    else:
        _add_coming(facts, student, counsellor, starts_at)


def _add_past(
    facts: content.AppointmentText, student: User, counsellor: User, starts_at: datetime
) -> None:
    """What is over cannot be asked for any more, so it is written as it ended."""
    Appointment.objects.create(
        student=student,
        counsellor=counsellor,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        topic=facts.topic,
        status=facts.status,
        reason=facts.reason,
        key=uuid.uuid4(),
        created_at=starts_at - timedelta(days=3),
        decided_at=starts_at - timedelta(days=2),
    )


def _add_coming(
    facts: content.AppointmentText, student: User, counsellor: User, starts_at: datetime
) -> None:
    appointment = booking.book(student, counsellor, starts_at, facts.topic, "", uuid.uuid4())
    match facts.status:
        case "Diterima":
            booking.confirm(appointment)
        case "Ditolak":
            booking.decline(appointment, facts.reason)
        case "Dibatalkan":
            booking.withdraw(appointment)


def _add_announcements(school: School) -> None:
    """One for everybody from the admin, one for their classes from a Guru BK."""
    admin, guru = school.people.get(role=Role.ADMIN), school.people.counsellors().order_by("pk")[0]
    classes = guru.class_groups.all()
    for author, audience, text in (
        (admin, Audience.EVERYBODY, content.FOR_EVERYBODY),
        (guru, Audience.CLASSES, content.FOR_CLASSES),
    ):
        title, words = text
        tell(announcing.publish(author, title, words, audience, classes, uuid.uuid4()))


def _move_one() -> None:
    """Dimas is asked whether another hour suits."""
    guru = User.objects.get(name="Bu Rina Nuraini", role=Role.GURU_BK)
    accepted = Appointment.objects.filter(counsellor=guru, student__name="Dimas Prasetyo")
    appointment = accepted.agreed().first()
    if appointment and (slot := _last_free_slot(appointment.student, guru)):
        booking.move(appointment, slot.starts_at, "Ada rapat guru pagi itu.")
        notify([appointment.student_id], notices.moved(Appointment.objects.get(pk=appointment.pk)))


def _last_free_slot(student: User, guru: User) -> Slot | None:
    free = [slot for day in days_for(student, guru) for slot in day.slots if slot.is_free]
    return free[-1] if free else None


def _add_chat(facts: content.ChatText) -> None:
    student = User.objects.get(name=facts.student, role=Role.STUDENT)
    at = _at(facts.day, facts.at, student.school.zone)
    conversation = Conversation.objects.create(student=student, created_at=at, updated_at=at)
    for minute, turn in enumerate(facts.turns):
        _add_turn(conversation, turn, at + timedelta(minutes=2 * minute))


def _add_turn(conversation: Conversation, turn: content.TurnText, at: datetime) -> None:
    """Answered as the companion without a key answers: with a quotation and its source."""
    verdict = screen(turn.question, [])
    message = Message.objects.create(
        conversation=conversation,
        text=turn.question,
        key=uuid.uuid4(),
        level=verdict.level,
        category=verdict.category,
        detector_version=verdict.detector_version,
        created_at=at,
    )
    Reply.objects.create(
        message=message,
        status=Reply.Status.DONE,
        source=Reply.Source.QUOTES,
        text=f"Ini yang tertulis di materi sekolahmu dan mungkin membantu:\n\n> {turn.quote} [1]",
        citations=[_citation(conversation.student, turn.materi)],
        created_at=at,
        touched_at=at,
        finished_at=at,
    )


def _citation(student: User, slug: str) -> dict[str, str | int]:
    title = next(text.title for text in content.load_materi() if text.slug == slug)
    materi = Materi.objects.get(school=student.school, title=title)
    return {"number": 1, "materi_id": materi.pk, "title": materi.title, "page": 0}


def _at(school_days: int, clock: time, zone: ZoneInfo) -> datetime:
    """So many school days (Monday to Friday) from today, by the school's clock."""
    day = timezone.localdate(timezone=zone)
    step = timedelta(days=1 if school_days > 0 else -1)
    for _ in range(abs(school_days)):
        day = _next_school_day(day, step)
    return datetime.combine(day, clock, zone)


def _next_school_day(day: date, step: timedelta) -> date:
    day += step
    while day.weekday() >= 5:
        day += step
    return day
