"""What a student does on the waiting list: stands in line, takes an offer or lets it go, leaves."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from educounsel.accounts.access import Request, for_students
from educounsel.accounts.unsent import keeps_typed
from educounsel.appointments import booking, waiting
from educounsel.appointments.forms import WaitingForm
from educounsel.appointments.models import Offer, Waiting
from educounsel.appointments.slots import DAYS
from educounsel.appointments.tasks import offer_what_is_free
from educounsel.schools.people import counsellors_of

LET_GO = "Jam ini dilepas. Kamu tetap di daftar tunggu untuk jam lain, kecuali kamu keluar."
NOT_LET_GO = "Jam ini tidak jadi dilepas, karena tawarannya sudah dijawab atau sudah lewat."


@for_students
@keeps_typed(topic="Topik")
@require_http_methods(["GET", "HEAD", "POST"])
def stand(request: Request, pk: int) -> HttpResponseBase:
    """In the line of the Guru BK `pk`."""
    counsellor = get_object_or_404(counsellors_of(request.user), pk=pk)
    today = timezone.localdate()
    days = {"from_day": today, "until_day": today + timedelta(days=DAYS - 1)}
    form = WaitingForm(request.POST if request.method == "POST" else None, initial=days)
    if not form.is_valid():
        page = {"form": form, "counsellor": counsellor}
        status = 422 if form.is_bound else 200
        return render(request, "appointments/stand_in_line.html", page, status=status)
    wish = form.save(commit=False)
    wish.counsellor = counsellor
    waiting.wait(request.user, wish)
    offer_what_is_free(counsellor.pk)
    messages.success(request, "Kamu di daftar tunggu. Begitu ada jam kosong, kamu diberi tahu.")
    return redirect("appointments:list")


@for_students
@require_POST
def leave(request: Request, pk: int) -> HttpResponseBase:
    mine = Waiting.objects.filter(student=request.user)
    left = get_object_or_404(mine, pk=pk)
    waiting.leave(left)
    offer_what_is_free(left.counsellor_id)
    messages.success(request, "Kamu sudah keluar dari daftar tunggu.")
    return redirect("appointments:list")


@for_students
@require_safe
def offer(request: Request, pk: int) -> HttpResponseBase:
    return render(request, "appointments/offer.html", {"offer": _own_offer(request, pk)})


@for_students
@require_POST
def accept(request: Request, pk: int) -> HttpResponseBase:
    try:
        appointment = booking.accept_offer(_own_offer(request, pk))
    except booking.BookingRefused as refusal:
        return _answered_already(request, pk, refusal.sentence)
    messages.success(request, "Permintaanmu terkirim. Kamu diberi tahu begitu Guru BK menjawab.")
    return redirect("appointments:detail", appointment.pk)


@for_students
@require_POST
def refuse(request: Request, pk: int) -> HttpResponseBase:
    refused = _own_offer(request, pk)
    waiting.refuse(refused)
    if refused.outcome != Offer.Outcome.REFUSED:
        return _answered_already(request, pk, NOT_LET_GO)
    offer_what_is_free(refused.waiting.counsellor_id)
    messages.success(request, LET_GO)
    return redirect("appointments:list")


def _answered_already(request: Request, pk: int, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    page = {"offer": _own_offer(request, pk)}
    return render(request, "appointments/offer.html", page, status=409)


def _own_offer(request: Request, pk: int) -> Offer:
    mine = Offer.objects.visible_to(request.user)
    return get_object_or_404(mine.select_related("waiting__counsellor", "waiting__student"), pk=pk)
