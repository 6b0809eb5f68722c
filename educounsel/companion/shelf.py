"""What a student does with whole conversations. What is said in one is in views.py."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from educounsel.accounts.access import Request, for_students
from educounsel.accounts.unsent import keeps_typed
from educounsel.companion import asking, conversations
from educounsel.companion.forms import SearchForm, TitleForm, typed_in
from educounsel.companion.models import Conversation


@for_students
@require_safe
def all_of_mine(request: Request) -> HttpResponseBase:
    mine = Conversation.objects.visible_to(request.user).with_shares()
    return _list(request, SearchForm(), conversations=mine)


@for_students
@sensitive_post_parameters("words")
@keeps_typed(words="Cari di percakapanmu")
@require_POST
def search(request: Request) -> HttpResponseBase:
    """By POST: what a child looks for stands in no address."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    found = conversations.found_for(request.user, form.cleaned_data["words"])
    return _list(request, form, conversations=found, is_search=True)


def _list(request: Request, form: SearchForm, status: int = 200, **more: Any) -> HttpResponse:
    page = {"form": form, "keep_days": settings.COMPANION_KEEP_DAYS, **more}
    return render(request, "companion/conversations.html", page, status=status)


@for_students
@require_POST
def begin(request: Request) -> HttpResponseBase:
    is_temporary = "sementara" in request.POST
    return redirect(
        "companion:conversation", conversations.begin(request.user, is_temporary=is_temporary).pk
    )


@for_students
@sensitive_post_parameters("title")
@keeps_typed(title="Nama percakapan")
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: Request, pk: int) -> HttpResponseBase:
    conversation = _own(request, pk)
    form = TitleForm(request.POST if request.method == "POST" else None)
    is_danger = form.is_bound and asking.hear(
        request.user, typed_in(form, "title"), uuid4(), conversation
    )
    if form.is_valid():
        conversations.rename(conversation, form.cleaned_data["title"])
    if is_danger:
        return redirect("companion:conversation", pk)
    if form.is_valid():
        return redirect("companion:conversations")
    page = {"conversation": conversation, "form": form}
    return render(request, "companion/title.html", page, status=422 if form.is_bound else 200)


@for_students
@require_POST
def remove(request: Request, pk: int) -> HttpResponseBase:
    """Gone already is as good: it may be the second of two taps."""
    there = Conversation.objects.filter(pk=pk)
    if there.exclude(student=request.user).exists():
        raise Http404
    for conversation in there:
        conversations.remove(conversation, with_shares="tarik" in request.POST)
    messages.success(request, "Percakapan sudah dihapus.")
    return redirect("companion:conversations")


@for_students
@require_safe
def text(request: Request, pk: int) -> HttpResponseBase:
    words = conversations.as_text(_own(request, pk))
    return _download(words.encode(), "text/plain; charset=utf-8", "percakapan.txt")


@for_students
@require_safe
def pdf(request: Request, pk: int) -> HttpResponseBase:
    return _download(conversations.as_pdf(_own(request, pk)), "application/pdf", "percakapan.pdf")


def _own(request: Request, pk: int) -> Conversation:
    return get_object_or_404(Conversation.objects.visible_to(request.user), pk=pk)


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
