"""What the AI may cost: tokens for a student and day, money for a school and month."""

import logging
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from prometheus_client import Counter

from educounsel.accounts.models import User
from educounsel.companion.models import Usage
from educounsel.companion.providers.spoken import Tokens
from educounsel.schools.models import School

DAY_IS_FULL = (
    "Hari ini kita sudah banyak mengobrol, jadi AI-nya istirahat sampai besok. Ceritamu tetap"
    " tersimpan, dan Guru BK-mu tetap bisa diajak bicara."
)
MONTH_IS_FULL = (
    "Jatah AI sekolahmu bulan ini sudah terpakai, jadi aku menjawab dari materi sekolahmu dulu."
)
MILLION = 1_000_000
log = logging.getLogger(__name__)
RUPIAH = Counter("educounsel_provider_rupiah", "What the AI provider has cost all schools here")


def spent_up(student: User) -> str:
    """A sentence for the student where nothing is left for an answer; empty where something is."""
    today = _today(student.school)
    mine = Usage.objects.filter(student=student, day=today)
    tokens = mine.aggregate(all=Sum("asked") + Sum("answered"))["all"] or 0
    if tokens >= settings.COMPANION_TOKENS_A_DAY:
        return DAY_IS_FULL
    if cost_of_month(student.school, today) >= settings.COMPANION_RUPIAH_A_MONTH:
        return MONTH_IS_FULL
    return ""


def spend(student: User, tokens: Tokens) -> None:
    price = _price(tokens)
    Usage.objects.create(
        school_id=student.school_id,
        student=student,
        day=_today(student.school),
        asked=tokens.asked,
        answered=tokens.answered,
        rupiah=price,
    )
    RUPIAH.inc(float(price))


def cost_of_month(school: School, day: date) -> Decimal:
    return _month(school, day).aggregate(all=Sum("rupiah"))["all"] or Decimal(0)


def tell_all() -> None:
    """In a line of the log, from which an alarm counts (on AWS: infra/, log_figures.py)."""
    figures = {"ai_budget_percent": _percent_of_all()}
    log.info("What the AI cost this month, of what it may", extra={"figures": figures})


def _percent_of_all() -> float:
    """Of what all schools here may spend in a month, together; 0 where none may spend."""
    day = timezone.localdate()
    month = Usage.objects.filter(day__year=day.year, day__month=day.month)
    spent = month.aggregate(all=Sum("rupiah"))["all"] or Decimal(0)
    budget = School.objects.count() * settings.COMPANION_RUPIAH_A_MONTH
    return round(float(100 * spent / budget), 1) if budget else 0.0


def days_of_month(school: School, day: date) -> list[Any]:
    """What the school used, by day: never by student."""
    sums = {"answers": Count("pk"), "tokens": Sum("asked") + Sum("answered"), "cost": Sum("rupiah")}
    return list(_month(school, day).values("day").annotate(**sums).order_by("-day"))


def _month(school: School, day: date) -> QuerySet[Usage]:
    return Usage.objects.filter(school=school, day__year=day.year, day__month=day.month)


def _price(tokens: Tokens) -> Decimal:
    asked = tokens.asked * settings.OPENAI_RUPIAH_ASKED
    return Decimal(asked + tokens.answered * settings.OPENAI_RUPIAH_ANSWERED) / MILLION


def _today(school: School) -> date:
    return timezone.localdate(timezone=school.zone)
