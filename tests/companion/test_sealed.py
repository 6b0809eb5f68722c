"""At rest nothing can be read, neither in the database nor in a log, but with the right key."""

import logging
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_ox.testing import run_tasks
from llmock.pytest_plugin import LLMock
from pytest_django import Settings

from educounsel.companion import asking, conversations, resealing
from educounsel.companion.models import Case, Conversation, Message, Reply
from educounsel.companion.resealing import notice_a_lost_key, rewrite, sealed_in
from educounsel.companion.retention import forget_old_conversations
from educounsel.companion.sealed import NOT_OPENED, Unopened, reseal, seal
from tests.cast import Cast
from tests.companion.conftest import DANGER, HARMLESS, say
from tests.conftest import ClientOf

# A word that nobody else writes, neither a test nor a materi.
MARK = "zamrudungu"
CHAT = "/student/ai-companion"
migration = import_module("educounsel.companion.migrations.0003_seal_what_is_there")


def columns() -> list[tuple[str, str]]:
    """Every column of every table, also of those that no model of ours describes."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return [
            (table, column.name)
            for table in tables
            for column in connection.introspection.get_table_description(cursor, table)
        ]


def holding(words: str) -> set[str]:
    """The columns in which these words can be read, asked in plain SQL."""
    found = set()
    with connection.cursor() as cursor:
        for table, column in columns():
            cursor.execute(
                f'SELECT 1 FROM "{table}" WHERE CAST("{column}" AS TEXT) LIKE %s',
                [f"%{words}%"],
            )
            if cursor.fetchone():
                found.add(f"{table}.{column}")
    return found


def stored(table: str, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" ORDER BY id')
        return str(cursor.fetchone()[0])


def new_key() -> str:
    return Fernet.generate_key().decode()


# --- The whole way of a child's words ----------------------------------------------------------


@pytest.fixture
def told_all(
    cast: Cast, client_of: ClientOf, llmock: LLMock, settings: Settings
) -> tuple[Client, Client]:
    """Everything that Sari and Bu Rina may write, and what a model says back, with the mark."""
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "a-key", llmock.base_url()
    sari, rina = client_of(cast.sari), client_of(cast.rina)
    llmock.reply(f"Aku dengar soal {MARK} itu.")
    for text in (f"guruku {MARK} marah", f"{MARK} lagi", f"{DANGER} karena {MARK}", "a" * 2001):
        sari.post(f"{CHAT}/chat", {"text": f"{text} {MARK}", "key": uuid4()})
        run_tasks()
        llmock.fail(400, message=MARK)
    conversation = Conversation.objects.get()
    sari.post(f"{CHAT}/conversations/{conversation.pk}/title", {"title": f"Soal {MARK}"})
    sari.post(f"{CHAT}/conversations/{conversation.pk}/title", {"title": MARK * 20})
    sari.post(f"{CHAT}/conversations/search", {"words": MARK})
    address = f"/guru/crisis/{Case.objects.get().pk}"
    rina.get(address)
    rina.post(f"{address}/claim")
    rina.post(f"{address}/contact", {"note": f"Bertemu, soal {MARK}"})
    rina.post(f"{address}/everything", {"reason": f"Mencari {MARK}"})
    concern = Message.objects.first()
    assert concern
    Message.objects.filter(pk=concern.pk).update(level="concern")
    rina.post(f"/guru/crisis/concerns/{concern.pk}", {"reason": f"Terdengar {MARK}"})
    rina.post(f"{address}/contact", {"note": f"{MARK} " * 90})
    rina.post(f"{address}/closing", {"reason": f"Sudah aman dari {MARK}"})
    return sari, rina


def test_no_column_of_any_table_can_be_read(told_all: tuple[Client, Client]) -> None:
    assert holding(MARK) == set()
    sari, rina = told_all
    said = [MARK in text for text in Message.objects.values_list("text", flat=True)]
    assert said == [True, True, True]
    assert MARK in Reply.objects.order_by("pk").values_list("text", flat=True)[0]
    for client, page in (
        (sari, CHAT), (sari, f"{CHAT}/conversations"), (sari, f"{CHAT}/siapa-membuka"),
        (rina, f"/guru/crisis/{Case.objects.get().pk}"),
    ):  # fmt: skip
        assert MARK in client.get(page).text


def test_the_search_for_the_mark_would_find_it(cast: Cast) -> None:
    cast.school.address = f"Jalan {MARK}"
    cast.school.save()
    assert holding(MARK) == {"schools_school.address"}


def test_no_log_carries_it_not_even_that_of_the_database(
    cast: Cast, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="django.db.backends")
    connection.force_debug_cursor = True
    try:
        request.getfixturevalue("told_all")
    finally:
        connection.force_debug_cursor = False
    of_us = [line for line in caplog.records if not line.name.startswith(("openai", "http"))]
    assert "companion_message" in caplog.text
    assert not [line for line in of_us if MARK in line.getMessage()]


def test_an_admin_has_no_page_that_shows_it(
    cast: Cast, client_of: ClientOf, told_all: tuple[Client, Client]
) -> None:
    assert [model for model in admin.site._registry if sealed_in(model)] == []
    boss = client_of(cast.admin)
    pages = re.findall(r'href="(/admin/[^"#?]+/)"', boss.get("/admin/").text)
    assert "/admin/companion/usage/" in pages
    for page in pages:
        assert MARK not in boss.get(page).text


def test_every_free_text_of_the_companion_is_sealed() -> None:
    """Names of rules, levels, categories and times stay plain: queries and pages ask for them."""
    free = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("companion").get_models()
        for field in model._meta.local_fields
        if field.get_internal_type() == "TextField" and field.name not in sealed_in(model)
    }
    assert free == set()


# --- Every way into the database ---------------------------------------------------------------


def created(conversation: Conversation) -> None:
    conversation.title = MARK
    conversation.save(update_fields=["title"])


def updated(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(title=MARK)


def updated_in_bulk(conversation: Conversation) -> None:
    conversation.title = MARK
    Conversation.objects.bulk_update([conversation], ["title"])


def made_in_bulk(conversation: Conversation) -> None:
    Conversation.objects.bulk_create([Conversation(student=conversation.student, title=MARK)])


@pytest.mark.parametrize("write", [created, updated, updated_in_bulk, made_in_bulk])
def test_each_way_of_writing_seals(cast: Cast, write: Callable[[Conversation], None]) -> None:
    write(conversations.begin(cast.sari, is_temporary=False))
    assert holding(MARK) == set()
    assert MARK in Conversation.objects.values_list("title", flat=True)


def test_the_same_words_are_never_sealed_alike(cast: Cast) -> None:
    assert seal(MARK) != seal(MARK)


@pytest.mark.parametrize(
    "question",
    [{"text": MARK}, {"text__icontains": MARK}, {"text__in": [MARK]}, {"text__length__gt": 1}],
)
def test_a_query_for_words_fails_loudly(cast: Cast, question: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match="is sealed"):
        list(Message.objects.filter(**question))


# --- Keys that change --------------------------------------------------------------------------


@pytest.fixture
def old(settings: Settings) -> str:
    settings.COMPANION_KEYS = [new_key()]
    return str(settings.COMPANION_KEYS[0])


def rotate(capsys: pytest.CaptureFixture[str]) -> str:
    call_command("rotate_companion_keys")
    return capsys.readouterr().out


def test_a_new_key_takes_over_from_the_old_one(
    cast: Cast, old: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    message = say(cast.sari, MARK)
    conversations.rename(message.conversation, "Judul")
    settings.COMPANION_KEYS = [new_key(), old]
    assert Message.objects.get().text == MARK
    assert rotate(capsys) == "Sealed anew: 2\nUnder the newest key already: 0\n"
    assert rotate(capsys) == "Sealed anew: 0\nUnder the newest key already: 2\n"
    settings.COMPANION_KEYS = settings.COMPANION_KEYS[:1]
    assert Message.objects.get().text == MARK
    assert Conversation.objects.get().title == "Judul"


def test_a_run_that_was_killed_goes_on_where_it_stopped(
    cast: Cast, old: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        say(cast.sari, f"pesan {number}")
    settings.COMPANION_KEYS = [new_key(), old]
    monkeypatch.setattr(resealing, "BATCH", 2)
    left = 3

    def until_killed(text: str) -> str:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return reseal(text)

    with pytest.raises(KeyboardInterrupt):
        rewrite([Message], until_killed)
    assert rewrite([Message], reseal) == {"changed": 3, "kept": 2}
    settings.COMPANION_KEYS = settings.COMPANION_KEYS[:1]
    assert [m.text for m in Message.objects.all()] == [f"pesan {number}" for number in range(5)]


def test_it_says_what_it_cannot_open_and_leaves_it(
    cast: Cast, old: str, settings: Settings
) -> None:
    say(cast.sari, MARK)
    before = stored("companion_message", "text")
    settings.COMPANION_KEYS = [new_key()]
    with pytest.raises(CommandError, match=r"^1 cannot be opened"):
        call_command("rotate_companion_keys")
    assert stored("companion_message", "text") == before


# --- A text that cannot be opened --------------------------------------------------------------


def lose_the_key(settings: Settings) -> None:
    settings.COMPANION_KEYS = [new_key()]


def break_the_token(settings: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE companion_message SET text = SUBSTR(text, 1, 60)")


@pytest.mark.parametrize("harm", [lose_the_key, break_the_token])
def test_the_page_says_so_the_log_too_and_nothing_is_overwritten(
    cast: Cast,
    client_of: ClientOf,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    harm: Callable[[Settings], None],
) -> None:
    message = say(cast.sari, MARK)
    harm(settings)
    before = stored("companion_message", "text")
    say(cast.sari, "yang ini masih ada")
    page = client_of(cast.sari).get(CHAT).text
    assert NOT_OPENED in page
    assert "yang ini masih ada" in page
    assert "No key in COMPANION_KEYS opens a text of companion.Message.text" in caplog.messages
    assert before not in caplog.text
    message.refresh_from_db()
    assert isinstance(message.text, Unopened)
    message.save()
    assert stored("companion_message", "text") == before


def test_a_start_without_the_key_is_no_quiet_one(
    cast: Cast, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    say(cast.sari, MARK)
    notice_a_lost_key()
    assert caplog.messages == []
    lose_the_key(settings)
    notice_a_lost_key()
    assert caplog.messages == ["No key in COMPANION_KEYS opens a text of companion.Message.text"]


def test_with_its_key_back_it_opens_again(cast: Cast, old: str, settings: Settings) -> None:
    message = say(cast.sari, MARK)
    settings.COMPANION_KEYS = [new_key()]
    message.refresh_from_db()
    message.save()
    settings.COMPANION_KEYS = [old]
    assert Message.objects.get().text == MARK


def test_the_sentence_in_its_place_is_not_screened(cast: Cast, settings: Settings) -> None:
    say(cast.sari, "aku capek")
    lose_the_key(settings)
    say(cast.sari, HARMLESS)
    assert asking._said_before(cast.sari) == [HARMLESS]


def test_keeping_and_taking_along_go_on(
    cast: Cast, client_of: ClientOf, settings: Settings
) -> None:
    said = say(cast.sari, MARK)
    address = f"{CHAT}/conversations/{said.conversation_id}"
    sari = client_of(cast.sari)
    assert MARK in sari.get(f"{address}/percakapan.txt").text
    lose_the_key(settings)
    assert NOT_OPENED in sari.get(f"{address}/percakapan.txt").text
    assert sari.get(f"{address}/percakapan.pdf").status_code == 200
    Conversation.objects.update(updated_at="2020-01-01T00:00:00Z")
    forget_old_conversations()
    assert not Message.objects.exists()


# --- What was written before -------------------------------------------------------------------


def test_what_a_release_before_wrote_is_read_and_then_sealed_and_back(cast: Cast) -> None:
    message = say(cast.sari, HARMLESS)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE companion_message SET text = %s", [MARK])
    assert Message.objects.get().text == MARK
    for _ in range(2):
        migration.with_all(reseal)(apps, None)
        assert holding(MARK) == set()
    assert Message.objects.get().text == MARK
    migration.with_all(migration.unseal)(apps, None)
    assert holding(MARK) == {"companion_message.text"}
    assert Message.objects.get() == message


def test_the_migration_knows_every_text_that_was_there() -> None:
    config = apps.get_app_config("companion")
    assert {m.__name__ for m in config.get_models() if sealed_in(m)} >= set(migration.SEALED)
