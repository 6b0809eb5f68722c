"""A message is saved and screened before anything else; limits stop words, never help."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django_ox.models import OxTask

from educounsel.accounts.models import User
from educounsel.companion import asking, conversations
from educounsel.companion.models import Asking, Case, Conversation, Level, Message, Refused, Reply
from educounsel.companion.retention import forget_old_conversations
from educounsel.companion.screening import VERSION
from educounsel.notifications.models import Notification
from tests.cast import Cast, make_cast
from tests.companion.conftest import DANGER, HARMLESS, say


def test_a_message_is_saved_screened_and_queued(cast: Cast) -> None:
    message = say(cast.sari, HARMLESS)
    assert (message.level, message.detector_version) == (Level.NONE, VERSION)
    assert message.reply.status == Reply.Status.WAITING
    assert OxTask.objects.get().args == [message.pk]


def test_the_queue_knows_the_message_by_its_number_alone(cast: Cast) -> None:
    say(cast.sari, "rahasia tentang Bayu")
    assert "Bayu" not in str(OxTask.objects.values())


def test_the_same_key_is_the_same_message(cast: Cast) -> None:
    key = uuid4()
    first, second = (asking.ask(cast.sari, HARMLESS, key) for _ in range(2))
    assert first == second
    assert (Message.objects.count(), OxTask.objects.count()) == (1, 1)


def test_other_words_under_a_used_key_are_saved_once_and_screened(cast: Cast) -> None:
    key = uuid4()
    said = [asking.ask(cast.sari, text, key) for text in (HARMLESS, DANGER, DANGER, HARMLESS)]
    assert (said[0], said[1]) == (said[3], said[2])
    assert [message.text for message in Message.objects.all()] == [HARMLESS, DANGER]
    assert Case.objects.get().messages.get() == said[1]


def test_two_students_may_choose_the_same_key(cast: Cast) -> None:
    key = uuid4()
    assert asking.ask(cast.sari, HARMLESS, key) != asking.ask(cast.dodi, HARMLESS, key)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", [HARMLESS, DANGER])
def test_one_key_in_eight_threads_is_one_message(text: str) -> None:
    student, key, start = make_cast().sari, uuid4(), Barrier(8)

    def run(_: int) -> int:
        start.wait()
        try:
            return asking.ask(student, text, key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(run, range(8)))) == 1
    assert Reply.objects.count() == 1
    assert Case.objects.count() == (1 if text == DANGER else 0)


def test_danger_is_answered_by_people_and_by_no_model(cast: Cast) -> None:
    reply = say(cast.sari, DANGER).reply
    assert (reply.status, reply.source) == (Reply.Status.DONE, Reply.Source.PEOPLE)
    assert "Terima kasih sudah cerita" in reply.text
    assert not OxTask.objects.filter(task_path__endswith=".process_chatbot").exists()


def test_danger_needs_no_queue(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("django_ox.backend.OxBackend.enqueue", broken)
    message = say(cast.sari, DANGER)
    assert message.reply.status == Reply.Status.DONE
    assert Notification.objects.filter(kind="case").count() == 1


def test_what_is_hard_to_say_may_come_in_pieces(cast: Cast) -> None:
    assert say(cast.sari, "aku capek").level != Level.CRISIS
    assert say(cast.sari, "kayaknya aku pengen").level != Level.CRISIS
    assert say(cast.sari, "mati aja").level == Level.CRISIS


def test_pieces_said_hours_apart_are_not_read_together(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    say(cast.sari, "kayaknya aku pengen")
    clock.shift(3 * 60 * 60)
    assert say(cast.sari, "mati lampu di rumah").level == Level.NONE


def test_just_kidding_is_still_a_concern(cast: Cast) -> None:
    say(cast.sari, DANGER)
    assert say(cast.sari, "cuma bercanda kok").level == Level.CONCERN
    assert Case.objects.open().count() == 1


# --- Limits ------------------------------------------------------------------------------------


@pytest.fixture
def full_minute(cast: Cast, clock: time_machine.Traveller) -> Cast:
    for number in range(10):
        say(cast.sari, f"pesan {number}")
    return cast


def test_the_eleventh_message_of_a_minute_is_refused(full_minute: Cast) -> None:
    with pytest.raises(asking.TooMany):
        say(full_minute.sari, HARMLESS)
    assert Message.objects.count() == 10
    assert say(full_minute.dodi, HARMLESS)


def test_a_minute_later_the_next_one_is_welcome(
    full_minute: Cast, clock: time_machine.Traveller
) -> None:
    clock.shift(61)
    assert say(full_minute.sari, HARMLESS)


def test_a_hundred_an_hour(cast: Cast, clock: time_machine.Traveller) -> None:
    for number in range(100):
        say(cast.sari, f"pesan {number}")
        clock.shift(20)
    with pytest.raises(asking.TooManyInAnHour):
        say(cast.sari, HARMLESS)


def test_danger_passes_a_full_minute(full_minute: Cast) -> None:
    assert say(full_minute.sari, DANGER).is_crisis
    assert Case.objects.count() == 1
    assert Notification.objects.filter(kind="case").count() == 1


@pytest.mark.parametrize(
    "pieces", [["gw mau", "gantung"], ["besok aku mau", "minum", "minum", "minum", "racun tikus"]]
)
def test_danger_in_pieces_passes_a_full_minute(full_minute: Cast, pieces: list[str]) -> None:
    *refused, last = pieces
    for piece in refused:
        with pytest.raises(asking.TooMany):
            say(full_minute.sari, piece)
    assert say(full_minute.sari, last).is_crisis
    assert (Message.objects.count(), Case.objects.count()) == (11, 1)


def test_what_was_too_long_is_read_on_from_its_end(cast: Cast) -> None:
    with pytest.raises(asking.TooLong):
        say(cast.sari, "b" + "a b " * 500)
    assert asking._said_before(cast.sari) == ["a b " * 500]


def test_what_was_refused_is_read_with_the_words_of_nobody_else(full_minute: Cast) -> None:
    with pytest.raises(asking.TooMany):
        say(full_minute.sari, "gw mau")
    assert not say(full_minute.dodi, "gantung").is_crisis


def test_of_what_was_refused_little_is_kept_and_not_for_long(
    full_minute: Cast, clock: time_machine.Traveller
) -> None:
    for number in range(9):
        with pytest.raises(asking.TooMany):
            say(full_minute.sari, f"pesan lagi {number}")
    assert Refused.objects.count() == asking.WINDOW - 1
    clock.shift(2 * 60 * 60)
    assert asking._said_before(full_minute.sari) == []
    forget_old_conversations()
    assert not Refused.objects.exists()


@pytest.mark.parametrize("is_in_a_case", [True, False])
def test_what_was_refused_goes_with_its_conversation(full_minute: Cast, is_in_a_case: bool) -> None:
    if is_in_a_case:
        say(full_minute.sari, DANGER)
    with pytest.raises(asking.TooMany):
        say(full_minute.sari, HARMLESS)
    delete_all_of(full_minute.sari)
    assert not Refused.objects.exists()


def test_a_message_of_two_thousand_letters_is_welcome_and_one_more_is_not(cast: Cast) -> None:
    assert say(cast.sari, "a b " * 500)
    with pytest.raises(asking.TooLong):
        say(cast.sari, "a b " * 500 + "c")


def test_danger_at_the_end_of_a_long_message_is_heard(cast: Cast) -> None:
    message = say(cast.sari, "hari ini panjang sekali. " * 3000 + DANGER)
    assert message.is_crisis
    assert message.text.endswith(DANGER)


# --- After a conversation was deleted ----------------------------------------------------------


def delete_all_of(student: User) -> None:
    for conversation in Conversation.objects.visible_to(student):
        conversations.remove(conversation)


def test_deleting_does_not_empty_a_full_minute(full_minute: Cast) -> None:
    delete_all_of(full_minute.sari)
    with pytest.raises(asking.TooMany):
        say(full_minute.sari, HARMLESS)
    assert say(full_minute.sari, DANGER).is_crisis
    assert say(full_minute.dodi, HARMLESS)


def test_deleting_does_not_empty_a_full_hour(cast: Cast, clock: time_machine.Traveller) -> None:
    for number in range(100):
        say(cast.sari, f"pesan {number}")
        clock.shift(20)
    delete_all_of(cast.sari)
    with pytest.raises(asking.TooManyInAnHour):
        say(cast.sari, HARMLESS)
    clock.shift(30 * 60)
    assert say(cast.sari, HARMLESS)


def test_deleting_does_not_make_a_crisis_unsaid(cast: Cast, clock: time_machine.Traveller) -> None:
    say(cast.sari, DANGER)
    delete_all_of(cast.sari)
    levels = [say(cast.sari, HARMLESS).level for _ in range(5)]
    assert levels == [Level.CONCERN] * 4 + [Level.NONE]
    say(cast.sari, DANGER)
    delete_all_of(cast.sari)
    clock.shift(2 * 60 * 60)
    assert say(cast.sari, HARMLESS).level == Level.NONE
    assert say(cast.dodi, HARMLESS).level == Level.NONE


def test_what_outlives_the_words_is_gone_after_two_hours(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    say(cast.sari, HARMLESS)
    clock.shift(2 * 60 * 60 - 1)
    forget_old_conversations()
    assert Asking.objects.count() == 1
    clock.shift(1)
    forget_old_conversations()
    assert not Asking.objects.exists()
