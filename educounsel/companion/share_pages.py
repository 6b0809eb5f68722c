"""Sharing, as pages: what a student picks and sends, and what the Guru BK opens."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from educounsel.accounts.access import Request, for_guru_bk, for_students
from educounsel.accounts.unsent import keeps_typed
from educounsel.companion import asking, sharing
from educounsel.companion.card import card_of
from educounsel.companion.forms import PickForm, ShareForm, typed_in
from educounsel.companion.models import Conversation, Share
from educounsel.schools.people import class_of, counsellors_of

CHANGED = (
    "Percakapannya berubah sejak kamu melihat pratinjau ini, jadi belum ada yang terkirim. Ini yang"
    " akan dikirim sekarang."
)


# --- The student, one step after the other -----------------------------------------------------


@for_students
@sensitive_post_parameters("note")
@keeps_typed(note="Kalimat pengantar")
@require_http_methods(["GET", "HEAD", "POST"])
def pick(request: Request, pk: int) -> HttpResponseBase:
    """By POST a student comes back to it, with what was chosen so far."""
    conversation = _own_conversation(request, pk)
    return _pick_page(request, conversation, _unchecked(request, conversation))


@for_students
@sensitive_post_parameters("note")
@keeps_typed(note="Kalimat pengantar")
@require_POST
def lines(request: Request, pk: int) -> HttpResponseBase:
    conversation = _own_conversation(request, pk)
    picked = PickForm(sharing.parts_of(conversation), request.POST)
    form = _unchecked(request, conversation)
    if not picked.is_valid():
        return _pick_page(request, conversation, form, picked, status=422)
    return _lines_page(request, conversation, form)


@for_students
@sensitive_post_parameters("note")
@keeps_typed(note="Kalimat pengantar")
@require_POST
def preview(request: Request, pk: int) -> HttpResponseBase:
    conversation = _own_conversation(request, pk)
    form = _form(request, conversation)
    if not form.is_valid():
        return _not_yet(request, conversation, form)
    return _preview_page(request, form, _share(conversation, form))


@for_students
@sensitive_post_parameters("note")
@keeps_typed(note="Kalimat pengantar")
@require_POST
def send(request: Request, pk: int) -> HttpResponseBase:
    """Only what the preview showed is sent."""
    conversation = _own_conversation(request, pk)
    form = _form(request, conversation)
    if not form.is_valid():
        return _not_yet(request, conversation, form)
    share = _share(conversation, form)
    if not constant_time_compare(request.POST.get("isi", ""), sharing.fingerprint(share)):
        messages.error(request, CHANGED)
        return _preview_page(request, form, share, status=409)
    sent = sharing.send(share)
    messages.success(request, f"Terkirim ke {sent.guru}. Kamu bisa menariknya kapan saja.")
    return redirect("companion:share", sent.pk)


@for_students
@require_safe
def mine(request: Request) -> HttpResponseBase:
    shares = Share.objects.filter(student=request.user).select_related("guru", "student")
    return render(request, "companion/shares.html", {"shares": shares})


@for_students
@require_safe
def share(request: Request, pk: int) -> HttpResponseBase:
    page = {"share": _own(request, pk), "crisis_card": card_of(request.user)}
    return render(request, "companion/share.html", page)


@for_students
@require_POST
def withdraw(request: Request, pk: int) -> HttpResponseBase:
    sharing.withdraw(_own(request, pk))
    messages.success(request, "Sudah kamu tarik. Isinya terhapus dan tidak bisa dibuka lagi.")
    return redirect("companion:shares")


# --- The Guru BK -------------------------------------------------------------------------------


@for_guru_bk
@require_safe
def received(request: Request) -> HttpResponseBase:
    shares = Share.objects.sent_to(request.user).not_withdrawn().with_class()
    return render(request, "companion/received.html", {"shares": shares.select_related("student")})


@for_guru_bk
@require_safe
def received_share(request: Request, pk: int) -> HttpResponseBase:
    """A look is written down, as a server writes its log: the student sees it."""
    to_me = Share.objects.sent_to(request.user).select_related("student", "guru")
    share = get_object_or_404(to_me, pk=pk)
    if share.withdrawn_at or (request.method == "GET" and not sharing.note_reading(share)):
        return render(request, "companion/withdrawn.html", status=410)
    page = {"share": share, "class_group": class_of(share.student)}
    return render(request, "companion/received_share.html", page)


# --- What they need ----------------------------------------------------------------------------


def _own_conversation(request: Request, pk: int) -> Conversation:
    mine = Conversation.objects.visible_to(request.user).select_related("student")
    return get_object_or_404(mine, pk=pk)


def _own(request: Request, pk: int) -> Share:
    mine = Share.objects.filter(student=request.user).select_related("guru", "student")
    return get_object_or_404(mine, pk=pk)


def _form(request: Request, conversation: Conversation) -> ShareForm:
    parts, counsellors = sharing.parts_of(conversation), counsellors_of(request.user)
    return _heard(conversation, ShareForm(parts, counsellors, request.POST))


def _unchecked(request: Request, conversation: Conversation) -> ShareForm:
    """What was chosen so far, without a word about what is still missing."""
    counsellors = counsellors_of(request.user)
    chosen = {
        "bagian": request.POST.getlist("bagian"),
        "sembunyi": request.POST.getlist("sembunyi"),
        "guru": request.POST.get("guru"),
        "note": request.POST.get("note", ""),
        "key": request.POST.get("key") or uuid4(),
    }
    form = ShareForm(sharing.parts_of(conversation), counsellors, initial=chosen)
    return _heard(conversation, form)


def _heard(conversation: Conversation, form: ShareForm) -> ShareForm:
    """A note that means danger does not wait for the last step, nor for its length to be right."""
    key = form.fields["key"].clean(form["key"].value())
    asking.hear(conversation.student, typed_in(form, "note"), key, conversation)
    return form


def _share(conversation: Conversation, form: ShareForm) -> Share:
    said = {name: form.cleaned_data[name] for name in ("guru", "content", "note", "key")}
    return sharing.new_share(conversation, **said)


def _not_yet(request: Request, conversation: Conversation, form: ShareForm) -> HttpResponse:
    """Back to the step where something is missing; what was typed stays."""
    if "bagian" in form.errors:
        return _pick_page(request, conversation, form, form, status=422)
    return _lines_page(request, conversation, form, status=422)


def _pick_page(
    request: Request,
    conversation: Conversation,
    form: ShareForm,
    refused: PickForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page: dict[str, Any] = {"conversation": conversation, "form": form, "refused": refused}
    page["crisis_card"] = card_of(request.user)
    return render(request, "companion/share_pick.html", page, status=status)


def _lines_page(
    request: Request, conversation: Conversation, form: ShareForm, status: int = 200
) -> HttpResponse:
    page = {"conversation": conversation, "form": form, "crisis_card": card_of(request.user)}
    return render(request, "companion/share_lines.html", page, status=status)


def _preview_page(
    request: Request, form: ShareForm, share: Share, status: int = 200
) -> HttpResponse:
    page = {"form": form, "share": share, "fingerprint": sharing.fingerprint(share)}
    page["crisis_card"] = card_of(request.user)
    return render(request, "companion/share_preview.html", page, status=status)
