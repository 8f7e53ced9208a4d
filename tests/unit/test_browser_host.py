"""What the machine refuses while a browser starts, and that nothing of the start is left."""

from __future__ import annotations

import errno
import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.transports.browser import host, slot
from feedback_service.transports.browser.chromium import Chromium
from feedback_service.transports.browser.config import BrowserConfig, Mode, Sandbox
from feedback_service.transports.browser.display import Display
from feedback_service.transports.browser.finding import find
from feedback_service.transports.browser.surroundings import POD, sandboxed

NOBODY = 65534
OPEN = Path("/proc/self/fd")
FREE = "the browser does not start: /place: "


@contextmanager
def as_nobody() -> Iterator[None]:
    """Whoever runs the tests may not write; root may do so everywhere, and becomes somebody else meanwhile."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@contextmanager
def no_more_files() -> Iterator[None]:
    """Nothing more can be opened."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(one.name) for one in OPEN.iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, before[1]))
    filling = []
    try:
        while True:
            filling.append(os.dup(0))
    except OSError:
        pass
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for one in filling:
            os.close(one)


def a_pair(folder: Path, mode: Mode = Mode.HEADLESS) -> BrowserConfig:
    """Programs that tell their version and do nothing else."""
    for name in ("browser", "driver"):
        (folder / name).write_text("#!/bin/sh\necho Chromium 140.0.1.2\n", "utf-8")
        (folder / name).chmod(0o755)
    return BrowserConfig(
        data_dir=folder / "data", browser_path=folder / "browser", driver_path=folder / "driver", mode=mode
    )


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that whoever runs the tests may write, as `tmp_path` may not be entered by others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def open_files() -> int:
    return len(list(OPEN.iterdir()))


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.EACCES, "chown -R .* /$"),
        (errno.EPERM, "chown -R .* /$"),
        (errno.EROFS, "put DATA_DIR where"),
        (errno.ENOSPC, "make room"),
        (errno.EDQUOT, "make room"),
        (errno.ENOTDIR, "move what is in its place away"),
    ],
)
def test_what_only_a_person_can_mend_is_told_with_the_place_and_the_remedy(code: int, remedy: str) -> None:
    place = "/nowhere-at-all/acme/worker"

    with pytest.raises(AccountFault, match=remedy) as fault, host.refusals(Path("/elsewhere")):
        raise OSError(code, os.strerror(code), place)

    assert f"{place}: {os.strerror(code)}" in fault.value.reason


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.EIO])
def test_what_may_pass_is_tried_again(code: int) -> None:
    with (
        pytest.raises(Retryable, match=FREE) as problem,
        host.refusals(Path("/place")),
    ):
        raise OSError(code, os.strerror(code))

    assert problem.value.retry_after


def test_a_place_that_belongs_to_somebody_else_needs_a_person(open_to_all: Path) -> None:
    config = a_pair(open_to_all)
    theirs = open_to_all / "data" / "browsers" / "acme"
    theirs.mkdir(parents=True)
    theirs.chmod(0o555)

    with as_nobody(), pytest.raises(AccountFault, match=rf"chown -R \S+ {theirs}$"):
        Chromium(config, theirs / "bazaar" / "worker")


def test_a_profile_that_belongs_to_somebody_else_is_told_before_the_browser_ends_without_a_word(
    open_to_all: Path,
) -> None:
    (open_to_all / "profile").mkdir()
    (open_to_all / "profile").chmod(0o555)

    with as_nobody(), pytest.raises(PermissionError, match="profile"):
        slot.take(open_to_all, seconds=0)


def test_a_start_that_the_machine_refuses_leaves_nothing_open_and_nothing_locked(tmp_path: Path) -> None:
    config = a_pair(tmp_path, Mode.XVFB)
    place = tmp_path / "data" / "place"
    (tmp_path / "Xvfb").write_text("#!/bin/sh\n", "utf-8")
    before = open_files()

    with pytest.MonkeyPatch.context() as patch:
        (tmp_path / "Xvfb").chmod(0o755)
        patch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        with pytest.raises(Retryable, match="Xvfb does not start"):
            Chromium(config, place)

    assert open_files() == before
    slot.take(place, seconds=0).release()


def test_a_display_that_cannot_be_run_leaves_nothing_open(tmp_path: Path) -> None:
    before = open_files()

    with pytest.raises(FileNotFoundError):
        Display({"PATH": str(tmp_path)})

    assert open_files() == before


def test_a_machine_with_too_little_left_is_tried_again(tmp_path: Path) -> None:
    config = a_pair(tmp_path)

    with no_more_files(), pytest.raises(Retryable, match="cannot be run now: Too many open files"):
        find(config)


def test_the_sandbox_is_as_it_was_wished_and_by_itself_off_in_a_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(POD, "10.0.0.1")

    assert [sandboxed(wish) for wish in (Sandbox.ON, Sandbox.OFF, Sandbox.AUTO)] == [True, False, False]
