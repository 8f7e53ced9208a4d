"""Whether the demo works in a browser: only where one really starts."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from feedback_service.cli.demo.cabinets import there_is_a_browser
from feedback_service.settings import Settings
from tests.support.browsers import running
from tests.support.dying_browser import a_browser_that_dies


def settings(folder: Path, browser: Path, driver: Path) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings' own argument
        data_dir=folder / "demo",
        browser_path=str(browser),
        browser_driver_path=str(driver),
    )


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=80)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_browser_that_is_found_and_dies_at_its_start_is_none(tmp_path: Path, console: Console) -> None:
    browser, driver = a_browser_that_dies(tmp_path)

    there = there_is_a_browser(settings(tmp_path, browser, driver), console)

    assert not there
    assert "no browser here (the browser does not start: it ended by itself with code 127)" in said(console)
    assert said(console).count("\n") == 1
    assert list((tmp_path / "demo").iterdir()) == []
    assert not running(tmp_path / "demo")


def test_a_browser_that_is_not_found_is_none(tmp_path: Path, console: Console) -> None:
    there = there_is_a_browser(settings(tmp_path, tmp_path / "nowhere", tmp_path / "nowhere"), console)

    assert not there
    assert f"no browser here (the browser {tmp_path}/nowhere is not there or may not be run; " in said(console)
    assert said(console).count("\n") == 1
