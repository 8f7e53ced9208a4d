"""One sandbox for all tests of the whole service, a database for each, and a look for what they left running."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from feedback_service.cli.demo.sandbox_control import SandboxControl
    from tests.support.service import Service


@pytest.fixture(scope="session")
def mark() -> Iterator[str]:
    """What every process of these tests carries in its environment; none of them may outlive the tests."""
    from tests.support.service import end_what_is_left, left_behind, until

    mark = uuid.uuid4().hex
    yield mark
    try:
        until(f"no process is left: {left_behind(mark)}", lambda: not left_behind(mark), 10)
    finally:
        end_what_is_left(mark)


@pytest.fixture(scope="session")
def shared_sandbox(mark: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxControl]:
    from tests.support.service import sandbox

    with sandbox(tmp_path_factory.mktemp("sandbox"), mark) as control:
        yield control


@pytest.fixture
def sandbox_control(shared_sandbox: SandboxControl) -> Iterator[SandboxControl]:
    """The session's sandbox; what a test planned to go wrong ends with it."""
    from tests.support.service import forget_faults

    yield shared_sandbox
    forget_faults(shared_sandbox)


@pytest.fixture
def service(tmp_path: Path, sandbox_control: SandboxControl, database_url: str, mark: str) -> Service:
    """A service with an empty, migrated database and no suppliers yet."""
    from tests.support.service import Service

    folder = tmp_path / f"host-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    return Service(folder, sandbox_control, database_url, mark)
