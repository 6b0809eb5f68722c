"""What a student does. What a Guru BK does is in desk.py."""

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from educounsel.accounts.access import Request, for_students
from educounsel.accounts.unsent import keeps_typed
from educounsel.companion import asking, conversations
from educounsel.companion.card import card_of
from educounsel.companion.disclosure import openings_of
from educounsel.companion.forms import MessageForm
from educounsel.companion.models import Conversation, Message, Reply
from educounsel.companion.seeing import see


@for_students
@require_safe
def chat(request: Request) -> HttpResponseBase:
    return _page(request, asking.conversation_of(request.user), _empty_form())


@for_students
@require_safe
def conversation(request: Request, pk: int) -> HttpResponseBase:
    return _page(request, _own_conversation(request, pk), _empty_form())


@for_students
@sensitive_post_parameters("text")
@keeps_typed(text="Pesan")
@require_POST
def send(request: Request) -> HttpResponseBase:
    return _send(request, asking.conversation_of(request.user))


@for_students
@sensitive_post_parameters("text")
@keeps_typed(text="Pesan")
@require_POST
def send_in(request: Request, pk: int) -> HttpResponseBase:
    """No word is lost because its conversation has gone meanwhile: a new one takes it."""
    there = Conversation.objects.filter(pk=pk).first()
    if there and there.student_id != request.user.pk:
        raise Http404
    if there is None or there.removed_at:
        is_temporary = "sementara" in request.POST
        there = conversations.begin(request.user, is_temporary=is_temporary)
    return _send(request, there)


def _send(request: Request, conversation: Conversation | None) -> HttpResponseBase:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _refused(request, conversation, form, 422)
    try:
        message = asking.ask(request.user, **form.cleaned_data, conversation=conversation)
    except asking.AskingRefused as refusal:
        form.add_error("text", refusal.sentence)
        return _refused(request, conversation, form, refusal.status)
    if not request.htmx:
        return redirect("companion:conversation", message.conversation_id)
    return _turn(request, message, form=_empty_form())


def _empty_form() -> MessageForm:
    return MessageForm(initial={"key": uuid4()})


def _own_conversation(request: Request, pk: int) -> Conversation:
    return get_object_or_404(Conversation.objects.visible_to(request.user), pk=pk)


@for_students
@require_safe
def message(request: Request, pk: int) -> HttpResponseBase:
    """One message with its answer as it is now, and the crisis card if it stands."""
    mine = Message.objects.visible_to(request.user).select_related("reply")
    return _turn(request, get_object_or_404(mine, pk=pk))


@for_students
@require_safe
def earlier(request: Request, pk: int) -> HttpResponseBase:
    """What was said before a message: a page, or the piece that an open page puts above."""
    mine = Message.objects.visible_to(request.user).select_related("conversation")
    first = get_object_or_404(mine, pk=pk)
    stretch = conversations.stretch_of(first.conversation, before=first.pk)
    see(request.user, stretch.turns)
    page = {"conversation": first.conversation, "stretch": stretch}
    if request.htmx:
        return render(request, "companion/_earlier.html", page)
    return render(request, "companion/earlier.html", page | _card(request))


@for_students
@require_POST
def stop(request: Request, pk: int) -> HttpResponseBase:
    reply = _own_reply(request, pk)
    asking.stop(reply)
    return _after(request, reply)


@for_students
@require_POST
def retry(request: Request, pk: int) -> HttpResponseBase:
    reply = _own_reply(request, pk)
    asking.retry(reply)
    return _after(request, reply)


@for_students
@require_safe
def openings(request: Request) -> HttpResponseBase:
    """Who has read what I wrote."""
    return render(request, "companion/openings.html", {"openings": openings_of(request.user)})


def _own_reply(request: Request, pk: int) -> Reply:
    mine = Reply.objects.visible_to(request.user).select_related("message__conversation")
    return get_object_or_404(mine, pk=pk)


def _after(request: Request, reply: Reply) -> HttpResponse:
    if not request.htmx:
        return redirect("companion:conversation", reply.message.conversation_id)
    return _turn(request, Message.objects.select_related("reply").get(pk=reply.message_id))


def _page(
    request: Request, conversation: Conversation | None, form: MessageForm, status: int = 200
) -> HttpResponse:
    stretch = conversations.stretch_of(conversation)
    see(request.user, stretch.turns)
    page = {"conversation": conversation, "stretch": stretch, **_card(request)}
    page["is_waiting"] = any(turn.reply.is_open for turn in stretch.turns)
    return render(request, "companion/chat.html", page | {"form": form}, status=status)


def _turn(request: Request, message: Message, **more: Any) -> HttpResponse:
    see(request.user, [message])
    page = {"turn": message, **_card(request), **more}
    return render(request, "companion/_turn_and_card.html", page)


def _refused(
    request: Request, conversation: Conversation | None, form: MessageForm, status: int
) -> HttpResponse:
    """The typed text stays in the form; a page that sent it by script keeps its own."""
    if request.htmx:
        return render(request, "companion/_refusal.html", {"form": form}, status=status)
    return _page(request, conversation, form, status)


def _card(request: Request) -> dict[str, Any]:
    return {"crisis_card": card_of(request.user)}
