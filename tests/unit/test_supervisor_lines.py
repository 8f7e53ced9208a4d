"""The roster's lines, the pipe they travel through, and what a new set changes."""

import os
from collections.abc import Iterator

import pytest

from feedback_service.ports.roster import Assignment, Fatal, RosterMessage, WholeSet, decode, encode
from feedback_service.supervisor.changes import Changes, compare
from feedback_service.supervisor.pipe import PipeRosterWriter, RosterReader

IVANOV = Assignment("ivanov", 1, "f1")
PETROV = Assignment("petrov", 7, "f1")


@pytest.mark.parametrize(
    "message",
    [
        WholeSet(()),
        WholeSet((IVANOV, Assignment("Зелёный чай\n😀", 2**63, ""))),
        Fatal("another supervisor runs on this host", 78),
    ],
)
def test_a_message_survives_the_wire_as_one_line(message: RosterMessage) -> None:
    line = encode(message)

    assert line.count(b"\n") == 1
    assert decode(line) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"{}",
        b"\xff",
        b'{"assignments": 1}',
        b'{"assignments": [{}]}',
        b'{"assignments": [{"supplier": "a", "epoch": "x", "fingerprint": ""}]}',
        b'{"fatal": "why"}',
    ],
)
def test_a_line_that_is_no_message_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match="not a line of the roster pipe"):
        decode(line)


@pytest.mark.parametrize(
    ("present", "wanted", "changes"),
    [
        ([], [], Changes()),
        ([IVANOV], [IVANOV], Changes()),
        ([], [IVANOV, PETROV], Changes(added=(IVANOV, PETROV))),
        ([IVANOV, PETROV], [PETROV], Changes(removed=("ivanov",))),
        ([IVANOV], [Assignment("ivanov", 2, "f1")], Changes(changed=(Assignment("ivanov", 2, "f1"),))),
        ([IVANOV], [Assignment("ivanov", 1, "f2")], Changes(changed=(Assignment("ivanov", 1, "f2"),))),
        ([IVANOV], [PETROV], Changes(added=(PETROV,), removed=("ivanov",))),
        ([], [Assignment("ivanov", 0, "f0"), IVANOV], Changes(added=(IVANOV,))),
    ],
)
def test_a_new_set_is_compared_with_the_present_one(
    present: list[Assignment], wanted: list[Assignment], changes: Changes
) -> None:
    assert compare({one.supplier: one for one in present}, wanted) == changes


@pytest.fixture
def pipe() -> Iterator[tuple[RosterReader, int]]:
    reading, writing = os.pipe()
    reader = RosterReader(reading)
    yield reader, writing
    reader.close()
    os.close(writing)


def test_an_empty_pipe_has_no_message_and_does_not_wait(pipe: tuple[RosterReader, int]) -> None:
    reader, _writing = pipe

    assert reader.take() == []


def test_a_line_is_a_message_once_it_is_whole(pipe: tuple[RosterReader, int]) -> None:
    reader, writing = pipe
    line = encode(WholeSet((IVANOV,)))

    os.write(writing, line[:10])
    early = reader.take()
    os.write(writing, line[10:] + line[:5])

    assert early == []
    assert reader.take() == [WholeSet((IVANOV,))]


def test_an_unreadable_line_is_passed_over_and_logged(
    pipe: tuple[RosterReader, int], caplog: pytest.LogCaptureFixture
) -> None:
    reader, writing = pipe

    os.write(writing, b"<html>\n")
    PipeRosterWriter(writing).publish([PETROV])

    assert reader.take() == [WholeSet((PETROV,))]
    assert [record.__dict__["action"] for record in caplog.records] == ["roster_line_unreadable"]


def test_what_was_written_before_the_writers_end_is_still_read() -> None:
    reading, writing = os.pipe()
    reader = RosterReader(reading)

    PipeRosterWriter(writing).fail("no database", 78)
    os.close(writing)

    assert reader.take() == [Fatal("no database", 78)]
    assert reader.fd is None
    assert reader.take() == []
