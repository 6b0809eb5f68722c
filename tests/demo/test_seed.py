"""What a first look finds: whole schools, whose plan for a crisis has nobody missing."""

import pytest

from educounsel.companion.drills import rehearsal
from educounsel.companion.models import Step
from educounsel.demo.seed import seed
from educounsel.schools.models import School


@pytest.mark.django_db
def test_the_crisis_plan_of_each_demo_school_is_whole() -> None:
    seed()
    for school in School.objects.all():
        plan = rehearsal(school.pk)
        steps = [turn.step for turn in plan.turns]
        assert steps == [Step.DUTY, Step.SECOND, Step.COORDINATOR, Step.HEAD]
        assert plan.missing == []
