"""What words do not find is found by what it is about. llmock gives a text always the same vector,
and two texts vectors that have nothing to do with each other."""

import socket
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django_ox.models import OxTask
from llmock.pytest_plugin import LLMock
from pytest_django import DjangoAssertNumQueries, Settings

from educounsel.accounts.models import User
from educounsel.materi import embeddings, publishing
from educounsel.materi.models import Materi, PassageVector
from educounsel.materi.nearest import vectors_of
from educounsel.materi.retrieval import search
from educounsel.materi.tasks import embed_materi
from tests.cast import Cast
from tests.materi import shelf

MODEL = "text-embedding-3-small"
BODY = "Komet berekor."
# As the passage was sent: its vector is the same.
SCENE = f"Bintang\n{BODY}"


@pytest.fixture
def provider(llmock: LLMock, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> LLMock:
    """With time enough to answer on a busy machine too. Each test counts its rows from 1 again."""
    vectors_of.cache_clear()
    monkeypatch.setattr(embeddings, "QUESTION_SECONDS", 30.0)
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "a-key", llmock.base_url()
    settings.OPENAI_EMBEDDINGS = MODEL
    return llmock


@pytest.fixture
def nobody_answers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that takes every call and then says nothing."""
    monkeypatch.setattr(embeddings, "QUESTION_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.OPENAI_BASE_URL = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        yield


def embedded(author: User, *classes: object, title: str = "Bintang", body: str = BODY) -> Materi:
    materi = shelf.published(author, *classes, title=title, body=body)  # type: ignore[arg-type]
    embed_materi.func(materi.pk)
    return materi


def asked_to_embed() -> list[object]:
    return [task.args[0] for task in OxTask.objects.filter(task_path__endswith="embed_materi")]


def titles(student: User, question: str = "zzz", outside: str | None = SCENE) -> list[str]:
    return [passage.title for passage in search(student, question, outside=outside)]


def test_a_published_materi_is_embedded_once_by_its_job(cast: Cast, provider: LLMock) -> None:
    materi = embedded(cast.rina)
    assert asked_to_embed() == [materi.pk]
    (request,) = provider.requests
    assert request.body["input"] == ["Bintang\nUntuk dibaca pelan-pelan.", SCENE]
    embed_materi.func(materi.pk)
    assert len(provider.requests) == 1
    vectors = PassageVector.objects.values_list("model", "numbers")
    assert [(model, len(bytes(numbers))) for model, numbers in vectors] == [(MODEL, 4 * 1536)] * 2


def test_who_stands_in_a_materi_stays_here(cast: Cast, provider: LLMock) -> None:
    embedded(cast.rina, body="Tanya Bu Rina Nuraini dari SMA Cendekia, 0812-3456-7890.")
    (request,) = provider.requests
    assert request.body["input"][1] == "Bintang\nTanya Bu [nama] dari [sekolah], [nomor]."


def test_a_draft_leaves_for_no_provider(cast: Cast, provider: LLMock) -> None:
    draft = publishing.save(shelf.draft(cast.rina), [])
    embed_materi.func(draft.pk)
    assert (asked_to_embed(), provider.requests) == ([], [])


def test_off_nothing_is_embedded_and_nothing_asked(
    cast: Cast, provider: LLMock, settings: Settings
) -> None:
    settings.OPENAI_EMBEDDINGS = ""
    shelf.published(cast.rina, title="Bintang", body=BODY)
    assert (titles(cast.sari, "komet"), asked_to_embed()) == (["Bintang"], [])
    assert provider.requests == []
    with pytest.raises(CommandError, match="OPENAI_EMBEDDINGS"):
        call_command("embed_materi")


def test_a_passage_without_a_common_word_is_found(cast: Cast, provider: LLMock) -> None:
    materi = embedded(cast.rina)
    (found,) = search(cast.sari, "zzz", outside=SCENE)
    assert (found.materi_id, found.text) == (materi.pk, BODY)


def test_a_question_that_may_not_leave_stays(cast: Cast, provider: LLMock) -> None:
    embedded(cast.rina)
    asked = len(provider.requests)
    assert titles(cast.sari, SCENE, outside=None) == ["Bintang"]
    assert len(provider.requests) == asked


def test_what_both_find_comes_before_what_one_finds(cast: Cast, provider: LLMock) -> None:
    embedded(cast.rina, title="Taman", body="Kolam dan rumput, kolam dan bangku.")
    embedded(cast.rina, title="Rumput", body="Rumput, rumput.")
    assert titles(cast.sari, "rumput", outside="lain") == ["Rumput", "Taman"]
    outside = "Taman\nKolam dan rumput, kolam dan bangku."
    assert titles(cast.sari, "rumput", outside=outside) == ["Taman", "Rumput"]


def test_only_what_the_student_may_read_is_near(cast: Cast, provider: LLMock) -> None:
    embedded(cast.rina, cast.sari_class)
    assert titles(cast.sari) == ["Bintang"]
    assert (titles(cast.dodi), titles(cast.tia)) == ([], [])


def test_it_follows_every_change(cast: Cast, provider: LLMock) -> None:
    materi = embedded(cast.rina)
    assert titles(cast.sari) == ["Bintang"]
    materi.body = "Gerhana bulan."
    publishing.save(materi, [])
    assert titles(cast.sari) == []
    embed_materi.func(materi.pk)
    assert titles(cast.sari, outside="Bintang\nGerhana bulan.") == ["Bintang"]
    publishing.archive(materi)
    assert titles(cast.sari, outside="Bintang\nGerhana bulan.") == []


def test_another_model_learns_everything_anew(
    cast: Cast, provider: LLMock, settings: Settings
) -> None:
    materi = embedded(cast.rina)
    settings.OPENAI_EMBEDDINGS = "bge-m3"
    assert titles(cast.sari) == []
    OxTask.objects.all().delete()
    call_command("embed_materi")
    assert asked_to_embed() == [materi.pk]
    embed_materi.func(materi.pk)
    assert titles(cast.sari) == ["Bintang"]
    assert {vector.model for vector in PassageVector.objects.all()} == {"bge-m3"}


def test_where_the_provider_fails_words_answer_and_it_is_left_alone(
    cast: Cast, provider: LLMock
) -> None:
    embedded(cast.rina)
    provider.outage()
    asked = len(provider.requests)
    assert [titles(cast.sari, "komet"), titles(cast.sari, "komet")] == [["Bintang"]] * 2
    assert len(provider.requests) == asked + 1


def test_where_the_provider_is_silent_words_answer(
    cast: Cast, provider: LLMock, nobody_answers: None
) -> None:
    shelf.published(cast.rina, title="Bintang", body=BODY)
    assert titles(cast.sari, "komet") == ["Bintang"]
    assert embeddings.of_question("lagi") is None


def test_the_number_of_queries_does_not_grow(
    cast: Cast, provider: LLMock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        embedded(cast.rina, title=f"Bintang {number}")
    titles(cast.sari)
    with django_assert_num_queries(4):
        titles(cast.sari, outside=f"Bintang 1\n{BODY}")
