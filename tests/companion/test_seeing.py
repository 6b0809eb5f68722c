"""An answer that nobody has seen is told of once, quietly; one that was seen is not."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from educounsel.companion import asking, conversations
from educounsel.companion.models import Message, Reply
from educounsel.companion.replying import reply_to
from educounsel.companion.seeing import tell_unless_seen
from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.companion.conftest import DANGER, HARMLESS, say
from tests.conftest import ClientOf


@pytest.fixture
def sari(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.sari)


def answer(message: Message) -> Message:
    reply_to(message.pk, is_last_try=True)
    return message


def told() -> list[Notification]:
    return list(Notification.objects.filter(kind="answer"))


def test_who_is_away_is_told_once_without_a_word_of_it(cast: Cast, message: Message) -> None:
    answer(message)
    for _ in range(2):
        tell_unless_seen(message.pk)
    (row,) = told()
    assert (row.recipient, row.title, row.text) == (cast.sari, "Jawaban sudah siap", "")
    assert row.url == f"/student/ai-companion/conversations/{message.conversation_id}"


def test_the_link_opens_the_conversation_and_marks_it_read(message: Message, sari: Client) -> None:
    answer(message)
    tell_unless_seen(message.pk)
    assert sari.get(told()[0].url).status_code == 200
    assert told()[0].read_at
    second = answer(say(message.conversation.student, "terus gimana ya"))
    tell_unless_seen(second.pk)
    assert [row.read_at is None for row in told()] == [True, False]


def test_a_second_answer_adds_nothing_to_what_is_unread(cast: Cast, message: Message) -> None:
    for one in (message, say(cast.sari, "terus gimana ya")):
        tell_unless_seen(answer(one).pk)
    assert len(told()) == 1


def test_what_an_open_page_has_fetched_is_not_told(message: Message, sari: Client) -> None:
    answer(message)
    assert sari.get(f"/student/ai-companion/messages/{message.pk}").status_code == 200
    tell_unless_seen(message.pk)
    assert told() == []


def test_a_page_that_saw_only_the_beginning_has_not_seen_it(message: Message, sari: Client) -> None:
    Reply.objects.update(status=Reply.Status.STREAMING, text="Coba", touched_at=timezone.now())
    sari.get("/student/ai-companion")
    Reply.objects.update(status=Reply.Status.DONE, finished_at=timezone.now())
    tell_unless_seen(message.pk)
    assert len(told()) == 1


def test_another_student_opens_nothing(cast: Cast, message: Message, client_of: ClientOf) -> None:
    answer(message)
    client_of(cast.dodi).get(f"/student/ai-companion/messages/{message.pk}")
    tell_unless_seen(message.pk)
    assert [row.recipient for row in told()] == [cast.sari]


def test_nothing_is_told_of_danger(cast: Cast) -> None:
    message = say(cast.sari, DANGER)
    tell_unless_seen(message.pk)
    assert Reply.objects.get().status == Reply.Status.DONE
    assert told() == []


def test_nothing_is_told_of_a_conversation_of_the_moment(cast: Cast) -> None:
    conversation = conversations.begin(cast.sari, is_temporary=True)
    message = asking.ask(cast.sari, HARMLESS, uuid4(), conversation)
    tell_unless_seen(answer(message).pk)
    assert told() == []


def test_what_was_removed_or_still_grows_is_not_told(cast: Cast, message: Message) -> None:
    tell_unless_seen(message.pk)
    conversations.remove(answer(message).conversation)
    tell_unless_seen(message.pk)
    assert told() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can be told to take nothing")
def test_a_database_that_takes_nothing_keeps_nobody_from_reading(
    message: Message, sari: Client
) -> None:
    answer(message)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            response = sari.get("/student/ai-companion")
        finally:
            cursor.execute("PRAGMA query_only = OFF")
    assert response.status_code == 200
    assert Reply.objects.get(message=message).seen_at is None
