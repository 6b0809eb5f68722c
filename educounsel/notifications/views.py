from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from educounsel.accounts.access import Request, for_everyone_signed_in, for_roles, for_students
from educounsel.accounts.models import Role
from educounsel.notifications.delivery import as_json, catch_up
from educounsel.notifications.models import Notification

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
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    return render(request, template, {"page": page})


@for_everyone_signed_in
@require_safe
def feed(request: Request) -> HttpResponseBase:
    """`?after=<id>`: what came since, whether a socket, a wake-up or a poll makes a page ask."""
    after = request.GET.get("after", "0")
    if not after.isdecimal() or len(after) > 18:
        return JsonResponse({"error": "after harus berupa angka."}, status=400)
    return JsonResponse(as_json(catch_up(request.user, int(after))))


@for_everyone_signed_in
@require_POST
def read(request: Request, pk: int) -> HttpResponseBase:
    notification = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    Notification.objects.filter(pk=notification.pk).mark_read()
    return _back_to_inbox(request)


@for_everyone_signed_in
@require_POST
def read_all(request: Request) -> HttpResponseBase:
    Notification.objects.visible_to(request.user).mark_read()
    return _back_to_inbox(request)


def _back_to_inbox(request: Request) -> HttpResponse:
    return redirect("notifications:student" if request.user.is_student else "notifications:guru")
