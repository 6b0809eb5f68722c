"""What a Guru BK does: answers requests, meets, and says when there is time."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from educounsel.accounts.access import Request, for_guru_bk
from educounsel.accounts.unsent import keeps_typed
from educounsel.appointments import booking
from educounsel.appointments.forms import HoursForm, ReasonForm
from educounsel.appointments.hours import HoursOverlap, open_hours
from educounsel.appointments.models import (
    Appointment,
    AppointmentQuerySet,
    Availability,
    Status,
    Waiting,
)
from educounsel.appointments.moving import seen_moves
from educounsel.appointments.views import PAGE


@for_guru_bk
@require_safe
def desk(request: Request) -> HttpResponseBase:
    own, now = _own(request), timezone.now()
    page = {
        "waiting": own.waiting(),
        "agreed": own.agreed().filter(ends_at__gt=now),
        "unfinished": own.agreed().filter(ends_at__lte=now),
        "in_line": _in_line(request),
        "page": Paginator(_history(own), PAGE).get_page(request.GET.get("page")),
    }
    template = "appointments/desk.html#desk" if request.htmx else "appointments/desk.html"
    return render(request, template, page)


@for_guru_bk
@require_safe
def detail(request: Request, pk: int) -> HttpResponseBase:
    return _appointment_page(request, pk, ReasonForm())


@for_guru_bk
@require_POST
def confirm(request: Request, pk: int) -> HttpResponseBase:
    appointment = get_object_or_404(_own(request), pk=pk)
    done = "Janji diterima. Siswa diberi tahu."
    return _settle(request, pk, partial(booking.confirm, appointment, seen_moves(request)), done)


@for_guru_bk
@keeps_typed(reason="Alasan untuk siswa")
@require_POST
def decline(request: Request, pk: int) -> HttpResponseBase:
    return _with_reason(request, pk, booking.decline, "Permintaan ditolak. Siswa diberi tahu.")


@for_guru_bk
@keeps_typed(reason="Alasan untuk siswa")
@require_POST
def cancel(request: Request, pk: int) -> HttpResponseBase:
    return _with_reason(request, pk, booking.cancel, "Janji dibatalkan. Siswa diberi tahu.")


@for_guru_bk
@require_POST
def complete(request: Request, pk: int) -> HttpResponseBase:
    appointment = get_object_or_404(_own(request), pk=pk)
    done = "Janji ditandai selesai."
    return _settle(request, pk, partial(booking.complete, appointment), done)


@for_guru_bk
@require_http_methods(["GET", "HEAD", "POST"])
def availability(request: Request) -> HttpResponseBase:
    form = HoursForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _availability_page(request, form, status=422 if form.is_bound else 200)
    try:
        open_hours(request.user, form.save(commit=False))
    except HoursOverlap as refusal:
        form.add_error(None, refusal.sentence)
        return _availability_page(request, form, status=422)
    messages.success(request, "Jam konseling ditambahkan. Siswa sudah bisa memilihnya.")
    return redirect("appointments:availability")


@for_guru_bk
@require_POST
def close_hours(request: Request, pk: int) -> HttpResponseBase:
    """Gone already is as good: it may be the second of two taps."""
    hours = Availability.objects.filter(pk=pk)
    if hours.exclude(counsellor=request.user).exists():
        raise Http404
    hours.delete()
    messages.success(request, "Jam konseling dihapus. Janji yang sudah dibuat tetap berlaku.")
    return redirect("appointments:availability")


def _in_line(request: Request) -> int:
    """How many wait for a free slot; not who, and in no order."""
    line = Waiting.objects.in_line().filter(counsellor=request.user)
    return line.filter(until_day__gte=timezone.localdate()).count()


def _own(request: Request) -> AppointmentQuerySet:
    own = Appointment.objects.visible_to(request.user)
    return own.select_related("student").with_class()


def _history(own: AppointmentQuerySet) -> AppointmentQuerySet:
    """What asks for nothing any more; what was met but is not marked stands above it."""
    return own.past().exclude(status=Status.CONFIRMED)


def _with_reason(
    request: Request, pk: int, verb: Callable[[Appointment, str], None], done: str
) -> HttpResponseBase:
    appointment, form = get_object_or_404(_own(request), pk=pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _appointment_page(request, pk, form, status=422)
    return _settle(request, pk, partial(verb, appointment, form.cleaned_data["reason"]), done)


def _settle(request: Request, pk: int, verb: Callable[[], None], done: str) -> HttpResponseBase:
    try:
        verb()
    except booking.BookingRefused as refusal:
        messages.error(request, refusal.sentence)
        return _appointment_page(request, pk, ReasonForm(), status=409)
    messages.success(request, done)
    return redirect("appointments:desk")


def _appointment_page(
    request: Request, pk: int, form: ReasonForm, status: int = 200
) -> HttpResponse:
    """Read here, after whatever was tried: the page shows what is, not what was hoped for."""
    page = {"appointment": get_object_or_404(_own(request), pk=pk), "form": form}
    return render(request, "appointments/desk_detail.html", page, status=status)


def _availability_page(request: Request, form: HoursForm, status: int = 200) -> HttpResponse:
    page = {"form": form, "hours": Availability.objects.filter(counsellor=request.user)}
    return render(request, "appointments/availability.html", page, status=status)
