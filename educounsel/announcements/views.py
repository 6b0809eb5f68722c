from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from educounsel.accounts.access import Request, for_everyone_signed_in, for_roles
from educounsel.accounts.unsent import keeps_typed
from educounsel.announcements import announcing
from educounsel.announcements.forms import AnnouncementForm
from educounsel.announcements.models import WRITERS, Announcement, AnnouncementQuerySet

PAGE = 20


@for_everyone_signed_in
@require_safe
def announcements(request: Request) -> HttpResponseBase:
    page = Paginator(_visible(request), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_write": request.user.role in WRITERS, **_layout(request)}
    return render(request, "announcements/list.html", context)


@for_everyone_signed_in
@require_safe
def detail(request: Request, pk: int) -> HttpResponseBase:
    announcement = get_object_or_404(_visible(request), pk=pk)
    own = Announcement.objects.written_by(request.user).filter(pk=pk)
    may_withdraw = request.user.role in WRITERS and own.exists()
    context = {"announcement": announcement, "may_withdraw": may_withdraw, **_layout(request)}
    return render(request, "announcements/detail.html", context)


@for_roles(*WRITERS)
@keeps_typed(title="Judul", text="Isi")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponseBase:
    data = request.POST if request.method == "POST" else None
    form = AnnouncementForm(request.user, data, initial={"key": uuid4()})
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "announcements/new.html", {"form": form}, status=status)
    words = {name: form.cleaned_data[name] for name in ("title", "text", "audience", "key")}
    classes = form.cleaned_data["class_groups"]
    announcement = announcing.publish(request.user, classes=classes, **words)
    messages.success(request, "Pengumuman terbit. Yang dituju diberi tahu.")
    return redirect("announcements:detail", announcement.pk)


@for_roles(*WRITERS)
@require_POST
def withdraw(request: Request, pk: int) -> HttpResponseBase:
    announcing.withdraw(get_object_or_404(Announcement.objects.written_by(request.user), pk=pk))
    messages.success(request, "Pengumuman ditarik. Tidak ada yang melihatnya lagi.")
    return redirect("announcements:list")


def _visible(request: Request) -> AnnouncementQuerySet:
    visible = Announcement.objects.visible_to(request.user)
    return visible.select_related("author").prefetch_related("class_groups")


def _layout(request: Request) -> dict[str, str]:
    return {"layout": "web/student.html" if request.user.is_student else "web/staff.html"}
