"""Processes of the application stop, break off, and are switched for others."""

from threading import Thread

import pytest

from deploy.rehearsal.edge import Edge
from deploy.rehearsal.service import NotStarted, free_port
from tests.production.edge.behind import Behind
from tests.production.edge.conftest import Reader, said


@pytest.fixture
def both(edge: Edge, first: Behind, second: Behind) -> list[Behind]:
    edge.reload([first.port, second.port])
    return [first, second]


def test_a_process_that_takes_no_connection_is_passed_over(
    reader: Reader, edge: Edge, first: Behind
) -> None:
    edge.reload([free_port(), first.port, free_port()])
    answers = [reader.send(method, "/", b"x") for method in ("POST", "GET") * 5]
    assert [each.status for each in answers] == [200] * 10
    assert len(first.asked) == 10


def test_what_a_process_was_sent_is_sent_to_no_other_unless_it_only_reads(
    reader: Reader, both: list[Behind]
) -> None:
    for each in both:
        each.breaks_off = True
    answer = reader.send("POST", "/", b"x=1")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "mungkin belum tersimpan" in answer.body.decode()
    assert len(both[0].asked) + len(both[1].asked) == 1


def test_a_page_is_asked_of_the_next_process(reader: Reader, both: list[Behind]) -> None:
    both[0].breaks_off = True
    assert [reader.get("/").status for _ in range(4)] == [200] * 4


def test_without_any_process_a_page_says_when_to_come_back(reader: Reader, edge: Edge) -> None:
    edge.reload([free_port()])
    answer = reader.get("/student/dashboard")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "119 ext 8" in answer.body.decode()


def test_both_processes_are_given_work(reader: Reader, both: list[Behind]) -> None:
    for _ in range(6):
        reader.get("/")
    assert [len(each.asked) for each in both] == [3, 3]


def test_no_connection_to_a_process_is_used_twice(reader: Reader, alone: Behind) -> None:
    assert said(reader.get("/"))["Connection"] == "close"


def test_a_switch_loses_nothing(reader: Reader, edge: Edge, first: Behind, second: Behind) -> None:
    """Readers go on asking while the edge is turned to other processes, back and forth."""
    edge.reload([first.port])
    statuses, is_over = [], False

    def ask() -> None:
        while not is_over:
            statuses.append(reader.send("POST", "/", b"x").status)

    readers = [Thread(target=ask) for _ in range(3)]
    for each in readers:
        each.start()
    for behind in (second, first, second):
        edge.reload([behind.port])
    is_over = True
    for each in readers:
        each.join()
    assert set(statuses) == {200}
    assert len(statuses) == len(first.asked) + len(second.asked)


def test_after_a_switch_nothing_new_goes_to_those_before(
    reader: Reader, edge: Edge, first: Behind, second: Behind
) -> None:
    edge.reload([first.port])
    edge.reload([second.port])
    assert [reader.get("/").status for _ in range(10)] == [200] * 10
    assert (len(first.asked), len(second.asked)) == (0, 10)


def test_a_configuration_that_cannot_be_is_refused_and_the_old_one_stays(
    reader: Reader, edge: Edge, alone: Behind
) -> None:
    with pytest.raises(NotStarted, match="invalid port"):
        edge.reload([99_999])
    assert reader.get("/").status == 200
