"""What a student does. What a Guru BK does is in desk.py."""

from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from educounsel.accounts.access import Request, for_students
from educounsel.accounts.unsent import keeps_typed
from educounsel.appointments import booking
from educounsel.appointments.forms import BookingForm
from educounsel.appointments.models import Appointment, AppointmentQuerySet, Offer, Waiting
from educounsel.appointments.picking import Picking, pick

PAGE = 10


@for_students
@require_safe
def mine(request: Request) -> HttpResponseBase:
    past = Paginator(_own(request).past(), PAGE).get_page(request.GET.get("page"))
    page = {"upcoming": _own(request).upcoming(), "page": past, "lines": _lines(request)}
    template = "appointments/list.html#appointments" if request.htmx else "appointments/list.html"
    return render(request, template, page)


@for_students
@require_safe
def create(request: Request) -> HttpResponseBase:
    form = BookingForm(initial={"key": uuid4()})
    return _booking_page(request, pick(request.user, request.GET.dict()), form)


@for_students
@keeps_typed(topic="Topik", note="Catatan")
@require_POST
def store(request: Request) -> HttpResponseBase:
    picking, form = pick(request.user, request.POST.dict()), BookingForm(request.POST)
    if picking.counsellor is None or not form.is_valid():
        return _booking_page(request, picking, form, status=422)
    wish = {name: form.cleaned_data[name] for name in ("starts_at", "topic", "note", "key")}
    try:
        appointment = booking.book(request.user, picking.counsellor, **wish)
    except booking.BookingRefused as refusal:
        return _other_slots_page(request, form, refusal)
    messages.success(request, "Permintaanmu terkirim. Kamu diberi tahu begitu Guru BK menjawab.")
    return redirect("appointments:detail", appointment.pk)


@for_students
@require_safe
def detail(request: Request, pk: int) -> HttpResponseBase:
    return _appointment_page(request, get_object_or_404(_own(request), pk=pk))


@for_students
@require_POST
def cancel(request: Request, pk: int) -> HttpResponseBase:
    appointment = get_object_or_404(_own(request), pk=pk)
    try:
        booking.withdraw(appointment)
    except booking.BookingRefused as refusal:
        messages.error(request, refusal.sentence)
        return _appointment_page(request, get_object_or_404(_own(request), pk=pk), status=409)
    messages.success(request, "Janjimu dibatalkan. Jamnya kosong lagi untuk teman lain.")
    return redirect("appointments:list")


def _lines(request: Request) -> QuerySet[Waiting]:
    """Where the student waits, each with the offer that stands."""
    open_offers = Prefetch("offers", Offer.objects.open().filter(expires_at__gt=timezone.now()))
    lines = Waiting.objects.in_line().filter(student=request.user)
    until = lines.filter(until_day__gte=timezone.localdate())
    return until.select_related("counsellor").prefetch_related(open_offers)


def _own(request: Request) -> AppointmentQuerySet:
    own = Appointment.objects.visible_to(request.user)
    return own.select_related("counsellor__desk")


def _booking_page(
    request: Request, picking: Picking, form: BookingForm, status: int = 200
) -> HttpResponse:
    page = {"picking": picking, "form": form}
    return render(request, "appointments/create.html", page, status=status)


def _other_slots_page(
    request: Request, form: BookingForm, refusal: booking.BookingRefused
) -> HttpResponse:
    """The words stay; the slots are read again, for the one that was chosen is gone."""
    form.add_error(None, refusal.sentence)
    picking = pick(request.user, request.POST.dict())
    return _booking_page(request, picking, form, status=409)


def _appointment_page(
    request: Request, appointment: Appointment, status: int = 200
) -> HttpResponse:
    page = {"appointment": appointment}
    return render(request, "appointments/detail.html", page, status=status)
