"""What a first look finds: whole schools, whose plan for a crisis has nobody missing, and news."""

import pytest

from educounsel.appointments.models import Offer, Waiting
from educounsel.companion.drills import rehearsal
from educounsel.companion.models import Step
from educounsel.demo.seed import seed
from educounsel.notifications.models import Notification
from educounsel.schools.models import School


@pytest.mark.django_db
def test_the_crisis_plan_of_each_demo_school_is_whole() -> None:
    seed()
    for school in School.objects.all():
        plan = rehearsal(school.pk)
        steps = [turn.step for turn in plan.turns]
        assert steps == [Step.DUTY, Step.SECOND, Step.COORDINATOR, Step.HEAD]
        assert plan.missing == []


@pytest.mark.django_db
def test_a_line_an_offer_a_reminder_and_an_answer_are_there_to_see() -> None:
    seed()
    offer = Offer.objects.open().get()
    assert (offer.waiting.student.name, offer.is_open) == ("Galih Nugraha", True)
    line = Waiting.objects.in_line().values_list("student__name", flat=True)
    assert list(line) == ["Galih Nugraha", "Elsa Marlina"]
    mine = Notification.objects.filter(recipient__name="Sari Amelia")
    assert {"reminder", "answer"} <= set(mine.kinds())
    assert not mine.unread().filter(kind="reminder").exists()
