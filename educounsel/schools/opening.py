"""A school begins: its year, its help numbers, its plan for a crisis."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from educounsel.schools.crisis_plan import lay_plan
from educounsel.schools.help_numbers import add_national_numbers
from educounsel.schools.models import School, SchoolYear

FIRST_MONTH = 7  # the school year runs from July to June


@transaction.atomic
def open_school(name: str, slug: str, zone: str, address: str = "", phone: str = "") -> School:
    school = School.objects.create(
        name=name, slug=slug, timezone=zone, address=address, phone=phone
    )
    begin_year(school, timezone.localdate(timezone=school.zone))
    add_national_numbers(school)
    lay_plan(school)
    return school


def begin_year(school: School, today: date) -> SchoolYear:
    """Makes the school year that holds this day the current one."""
    first = today.year if today.month >= FIRST_MONTH else today.year - 1
    school.years.update(is_current=False)
    year, _ = SchoolYear.objects.update_or_create(
        school=school,
        name=f"{first}/{first + 1}",
        defaults={
            "starts_on": date(first, FIRST_MONTH, 1),
            "ends_on": date(first + 1, FIRST_MONTH - 1, 30),
            "is_current": True,
        },
    )
    return year
