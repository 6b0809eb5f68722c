"""Another time for what two people have: the page of either of them."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from educounsel.accounts.access import Request, for_guru_bk, for_students
from educounsel.accounts.unsent import keeps_typed
from educounsel.appointments import booking
from educounsel.appointments.forms import MoveForm
from educounsel.appointments.models import Appointment
from educounsel.appointments.picking import pick_another

DONE = "Jam janji sudah dipindah. Siswa diberi tahu dan diminta menyetujui."
ASKED = "Permintaan pindah jam terkirim. Kamu diberi tahu begitu Guru BK menjawab."


@for_guru_bk
@keeps_typed(reason="Alasan untuk siswa")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, pk: int) -> HttpResponseBase:
    appointment, form = (
        _own(request, pk),
        MoveForm(request.POST if request.method == "POST" else None),
    )
    if not form.is_valid():
        return _slots_page(request, appointment, form)
    wish = {name: form.cleaned_data[name] for name in ("starts_at", "reason")}
    try:
        booking.move(appointment, **wish)
    except booking.BookingRefused as refusal:
        return _refused(request, pk, form, refusal)
    messages.success(request, DONE)
    return redirect("appointments:guru_detail", pk)


@for_students
@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_move(request: Request, pk: int) -> HttpResponseBase:
    appointment, form = (
        _own(request, pk),
        MoveForm(request.POST if request.method == "POST" else None),
    )
    if not form.is_valid():
        return _slots_page(request, appointment, form)
    try:
        booking.ask_to_move(appointment, form.cleaned_data["starts_at"])
    except booking.BookingRefused as refusal:
        return _refused(request, pk, form, refusal)
    messages.success(request, ASKED)
    return redirect("appointments:detail", pk)


@for_students
@require_POST
def accept(request: Request, pk: int) -> HttpResponseBase:
    appointment = _own(request, pk)
    try:
        booking.accept_move(appointment, seen_moves(request))
    except booking.BookingRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"Jam baru disetujui. {appointment.counsellor} diberi tahu.")
    return redirect("appointments:detail", pk)


def seen_moves(request: Request) -> int:
    """How often it had been moved when the page was made that this form stood on."""
    number = request.POST.get("moves", "0")
    return int(number) if number.isdecimal() and len(number) < 6 else -1


def _own(request: Request, pk: int) -> Appointment:
    own = Appointment.objects.visible_to(request.user)
    own = own.select_related("student__school", "counsellor__desk").prefetch_related("former_times")
    return get_object_or_404(own, pk=pk)


def _refused(
    request: Request, pk: int, form: MoveForm, refusal: booking.BookingRefused
) -> HttpResponse:
    """Read again: the page shows what is."""
    form.add_error(None, refusal.sentence)
    return _slots_page(request, _own(request, pk), form, status=409)


def _slots_page(
    request: Request, appointment: Appointment, form: MoveForm, status: int = 200
) -> HttpResponse:
    is_student = request.user.is_student
    address = request.POST if form.is_bound else request.GET
    page = {
        "appointment": appointment,
        "form": form,
        "picking": pick_another(appointment, address.dict()),
        "may_move": appointment.is_cancellable if is_student else appointment.is_movable,
        "layout": "web/student.html" if is_student else "web/staff.html",
        "detail_url": "appointments:detail" if is_student else "appointments:guru_detail",
    }
    status = 422 if form.is_bound and status == 200 else status
    return render(request, "appointments/move.html", page, status=status)
