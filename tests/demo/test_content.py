from collections import Counter
from datetime import date, datetime, time, timedelta

from educounsel.demo.content import (
    AppointmentText,
    AvailabilityText,
    CounsellorText,
    StaffText,
    StudentText,
    load_materi,
    load_schools,
    load_stories,
)

MATERI = load_materi()
SCHOOLS = load_schools()
STORIES = load_stories()
STUDENTS = [student for school in SCHOOLS for student in school.students]
COUNSELLORS = {c.name: c for school in SCHOOLS for c in school.counsellors}
SCHOOL_WEEK = range(5)

type Person = StudentText | CounsellorText | StaffText


def test_there_are_two_materi_for_each_bidang() -> None:
    bidang = Counter(materi.bidang for materi in MATERI)
    assert bidang == {"pribadi": 2, "sosial": 2, "belajar": 2, "karir": 2}


def test_materi_come_newest_first_without_gaps() -> None:
    assert [materi.order for materi in MATERI] == list(range(1, 9))


def test_each_materi_is_long_enough_to_teach_something() -> None:
    assert [m.slug for m in MATERI if not 400 <= len(m.body.split()) <= 700] == []


def test_each_materi_has_headings_a_list_and_one_quotation() -> None:
    for materi in MATERI:
        starts = Counter(line.split(" ")[0] for line in materi.body.splitlines())
        assert starts["##"] >= 4, materi.slug
        assert starts["-"] + starts["1."] >= 1, materi.slug
        assert starts[">"] == 1, materi.slug


def test_a_summary_fits_on_its_card() -> None:
    assert [m.slug for m in MATERI if not 60 <= len(m.summary) <= 200] == []


def test_four_materi_have_a_pdf() -> None:
    assert sum(materi.has_pdf for materi in MATERI) == 4


def test_a_materi_for_one_class_names_a_class_of_a_school() -> None:
    classes = {group.name for school in SCHOOLS for group in school.classes}
    named = {materi.class_name for materi in MATERI} - {None}
    assert named
    assert named <= classes


def test_each_school_has_two_counsellors_three_classes_and_thirty_students() -> None:
    sizes = [(len(s.counsellors), len(s.classes), len(s.students)) for s in SCHOOLS]
    assert sizes == [(2, 3, 30), (2, 3, 30)]


def test_each_class_has_exactly_one_counsellor() -> None:
    for school in SCHOOLS:
        served = sorted(name for c in school.counsellors for name in c.classes)
        assert served == sorted(group.name for group in school.classes)


def test_the_coordinator_is_a_counsellor_of_the_school() -> None:
    for school in SCHOOLS:
        assert school.coordinator in {counsellor.name for counsellor in school.counsellors}


def test_a_nisn_is_ten_digits_and_belongs_to_one_student() -> None:
    nisn = {student.nisn for student in STUDENTS}
    assert len(nisn) == 60
    assert all(number.isdigit() and len(number) == 10 for number in nisn)


def test_a_nis_is_unique_in_its_school_and_some_are_in_both() -> None:
    first, second = ({student.nis for student in school.students} for school in SCHOOLS)
    assert (len(first), len(second)) == (30, 30)
    assert len(first & second) == 4


def test_names_and_addresses_belong_to_one_person() -> None:
    people: list[Person] = [
        *STUDENTS,
        *COUNSELLORS.values(),
        *(s.admin for s in SCHOOLS),
        *(s.head for s in SCHOOLS),
    ]
    emails = [person.email for person in people if person.email]
    assert len({person.name for person in people}) == len(people)
    assert len(set(emails)) == len(emails)
    assert all(email.endswith(".example") for email in emails)


def test_a_nip_has_eighteen_digits() -> None:
    assert all(c.nip.isdigit() and len(c.nip) == 18 for c in COUNSELLORS.values())


def test_availability_lies_on_a_grid_of_fifteen_minutes() -> None:
    hours = [hours for c in COUNSELLORS.values() for hours in c.availability]
    assert all(time_.minute % 15 == 0 for h in hours for time_ in (h.start, h.end))
    assert all(h.start < h.end and h.slot_minutes % 15 == 0 for h in hours)


def test_an_answer_in_the_chat_quotes_its_materi_letter_for_letter() -> None:
    bodies = {materi.slug: materi.body for materi in MATERI}
    assert len(STORIES.chat.turns) == 5
    assert [t.quote for t in STORIES.chat.turns if t.quote not in bodies[t.materi]] == []


def test_the_chat_quotes_only_what_every_class_may_read() -> None:
    open_to_all = {materi.slug for materi in MATERI if materi.class_name is None}
    assert {turn.materi for turn in STORIES.chat.turns} <= open_to_all


def test_students_meet_a_guru_bk_of_their_own_school() -> None:
    school_of_student = {s.name: school.slug for school in SCHOOLS for s in school.students}
    school_of_counsellor = {c.name: school.slug for school in SCHOOLS for c in school.counsellors}
    for appointment in STORIES.appointments:
        school = school_of_student[appointment.student]
        assert school == school_of_counsellor[appointment.counsellor]


def test_an_appointment_fills_a_slot_on_whatever_weekday_it_falls() -> None:
    for appointment in STORIES.appointments:
        counsellor = COUNSELLORS[appointment.counsellor]
        for weekday in SCHOOL_WEEK:
            assert appointment.at in _slots(counsellor, weekday), appointment


def test_nobody_is_in_two_appointments_at_once() -> None:
    kept = [a for a in STORIES.appointments if a.status in ("Menunggu", "Diterima", "Selesai")]
    for who in ("student", "counsellor"):
        times = [(getattr(a, who), a.day, a.at) for a in kept]
        assert len(set(times)) == len(times)


def test_a_status_fits_the_day_and_a_reason_goes_with_a_refusal() -> None:
    for appointment in STORIES.appointments:
        assert appointment.status in _possible(appointment), appointment
        assert bool(appointment.reason) == (appointment.status == "Ditolak"), appointment


def _slots(counsellor: CounsellorText, weekday: int) -> set[time]:
    hours = [h for h in counsellor.availability if h.weekday == weekday]
    return {start for h in hours for start in _starts(h)}


def _starts(hours: AvailabilityText) -> list[time]:
    opening, closing = (datetime.combine(date.min, t) for t in (hours.start, hours.end))
    slot = timedelta(minutes=hours.slot_minutes)
    return [(opening + slot * n).time() for n in range((closing - opening) // slot)]


def _possible(appointment: AppointmentText) -> set[str]:
    if appointment.day < 0:
        return {"Selesai", "Ditolak", "Dibatalkan"}
    return {"Menunggu", "Diterima", "Ditolak", "Dibatalkan"} if appointment.day else set()
