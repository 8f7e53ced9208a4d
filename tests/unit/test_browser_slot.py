"""The place of a browser on disk, and who may use it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback_service.domain.errors import Retryable
from feedback_service.transports.browser import slot


def test_what_a_dead_browser_locked_is_free_again(tmp_path: Path) -> None:
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile" / "SingletonLock").symlink_to("another-machine-4711")

    taken = slot.take(tmp_path)

    assert list(taken.profile.iterdir()) == []
    taken.release()


def test_only_one_may_use_it_and_the_other_hears_who_does(tmp_path: Path) -> None:
    taken = slot.take(tmp_path)
    (taken.profile / "SingletonLock").symlink_to("this-machine-1")

    with pytest.raises(Retryable, match=rf"in use by another process \({os.getpid()}\)"):
        slot.take(tmp_path, seconds=0)

    assert (taken.profile / "SingletonLock").is_symlink()
    taken.release()
    slot.take(tmp_path, seconds=0).release()


def test_the_driver_is_copied_once_and_again_when_another_is_installed(tmp_path: Path) -> None:
    driver = tmp_path / "driver"
    driver.write_text("first", "utf-8")
    taken = slot.take(tmp_path / "place")

    slot.copy_driver(taken, driver)
    taken.driver.write_text("patched", "utf-8")
    slot.copy_driver(taken, driver)
    kept = taken.driver.read_text("utf-8")
    driver.write_text("second", "utf-8")
    slot.copy_driver(taken, driver)

    assert (kept, taken.driver.read_text("utf-8")) == ("patched", "second")
    taken.release()


def test_it_remembers_by_which_session_it_is_signed_in(tmp_path: Path) -> None:
    taken = slot.take(tmp_path)
    moment = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

    before = taken.session()
    taken.remember_session(moment)

    assert (before, taken.session()) == (None, moment)
    taken.release()
