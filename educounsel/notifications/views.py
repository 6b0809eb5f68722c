from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from educounsel.accounts.access import Request, for_everyone_signed_in, for_roles, for_students
from educounsel.accounts.models import Role
from educounsel.notifications.channels import web_push, whatsapp
from educounsel.notifications.delivery import as_json, catch_up
from educounsel.notifications.forms import PreferencesForm, PushSubscriptionForm, WhatsAppForm
from educounsel.notifications.models import Notification, PushSubscription
from educounsel.notifications.notice import kind_named

PAGE = 20


@for_students
@require_safe
def student(request: Request) -> HttpResponseBase:
    return _inbox(request, "notifications/student.html")


@for_roles(Role.GURU_BK, Role.HEAD)
@require_safe
def guru(request: Request) -> HttpResponseBase:
    return _inbox(request, "notifications/guru.html")


def _inbox(request: Request, template: str) -> HttpResponse:
    mine = Notification.objects.visible_to(request.user)
    kinds = mine.kinds()
    kind = request.GET.get("kind")
    chosen = kind if kind in kinds else None
    shown = mine.filter(kind=chosen) if chosen else mine
    page = Paginator(shown.unread_first(), PAGE).get_page(request.GET.get("page"))
    filters = [(kind, kind_named(kind).label) for kind in kinds]
    return render(request, template, {"page": page, "filters": filters, "chosen": chosen})


# --- What I want to hear -----------------------------------------------------------------------


@for_everyone_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: Request) -> HttpResponseBase:
    form = PreferencesForm(request.user, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _preferences_page(request, form, status=422 if form.is_bound else 200)
    form.save()
    messages.success(request, "Pengaturan notifikasi tersimpan.")
    return redirect("notifications:preferences")


def _preferences_page(
    request: Request,
    form: PreferencesForm,
    number: WhatsAppForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = {
        "form": form,
        "push_key": web_push.public_key(settings.WEB_PUSH_PRIVATE_KEY) if web_push.is_on() else "",
        "offers_whatsapp": whatsapp.is_on(),
        "consent": whatsapp.consent_of(request.user),
        "number": number or WhatsAppForm(),
    }
    return render(request, "notifications/preferences.html", page, status=status)


@for_everyone_signed_in
@require_POST
def push(request: Request) -> HttpResponseBase:
    """A browser says where it can be reached; the same again changes nothing."""
    form = PushSubscriptionForm(request.POST)
    session_key = request.session.session_key
    if not web_push.is_on() or not session_key or not form.is_valid():
        return JsonResponse({"error": "Perangkat ini belum bisa didaftarkan."}, status=422)
    web_push.subscribe(request.user, session_key, **form.cleaned_data)
    return HttpResponse(status=204)


@for_everyone_signed_in
@require_POST
def push_off(request: Request) -> HttpResponseBase:
    mine = PushSubscription.objects.filter(person=request.user)
    mine.filter(endpoint=request.POST.get("endpoint", "")).delete()
    return HttpResponse(status=204)


@for_everyone_signed_in
@require_POST
def whatsapp_agree(request: Request) -> HttpResponseBase:
    if not whatsapp.is_on():
        raise Http404
    form = WhatsAppForm(request.POST)
    if not form.is_valid():
        return _preferences_page(request, PreferencesForm(request.user), form, status=422)
    whatsapp.agree(request.user, form.cleaned_data["number"])
    messages.success(request, "Kabar juga akan dikirim lewat WhatsApp.")
    return redirect("notifications:preferences")


@for_everyone_signed_in
@require_POST
def whatsapp_off(request: Request) -> HttpResponseBase:
    """Open even when the channel is not: consent can be taken back at any time."""
    whatsapp.withdraw(request.user)
    messages.success(request, "Persetujuan WhatsApp sudah ditarik.")
    return redirect("notifications:preferences")


# --- What a page asks --------------------------------------------------------------------------


@for_everyone_signed_in
@require_safe
def feed(request: Request) -> HttpResponseBase:
    """`?after=<id>`: what came since, whether a socket, a wake-up or a poll makes a page ask."""
    after = request.GET.get("after", "0")
    if not after.isdecimal() or len(after) > 18:
        return JsonResponse({"error": "after harus berupa angka."}, status=400)
    return JsonResponse(as_json(request.user, catch_up(request.user, int(after))))


@for_everyone_signed_in
@require_POST
def read(request: Request, pk: int) -> HttpResponseBase:
    notification = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    Notification.objects.filter(pk=notification.pk).mark_read()
    return _back_to_inbox(request)


@for_everyone_signed_in
@require_POST
def read_all(request: Request) -> HttpResponseBase:
    """All, or where the list shows one kind alone, all of that kind."""
    mine = Notification.objects.visible_to(request.user)
    kind = _kind_shown(request)
    (mine.filter(kind=kind) if kind else mine).mark_read()
    return _back_to_inbox(request)


def _back_to_inbox(request: Request) -> HttpResponse:
    inbox = reverse("notifications:student" if request.user.is_student else "notifications:guru")
    kind = _kind_shown(request)
    return redirect(f"{inbox}?{urlencode({'kind': kind})}" if kind else inbox)


def _kind_shown(request: Request) -> str | None:
    kind = request.POST.get("kind")
    return kind if kind in Notification.objects.visible_to(request.user).kinds() else None
