"""Which browser and driver are taken, and what is said where they do not serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.domain.errors import AccountFault
from feedback_service.transports.browser.config import BrowserConfig, Mode
from feedback_service.transports.browser.finding import display_problem, facts, find


def a_program(path: Path, said: str, code: int = 0) -> Path:
    path.write_text(f"#!/bin/sh\necho '{said}'\nexit {code}\n", "utf-8")
    path.chmod(0o755)
    return path


def config(folder: Path, browser: str, driver: str) -> BrowserConfig:
    return BrowserConfig(
        data_dir=folder,
        browser_path=a_program(folder / "browser", browser),
        driver_path=a_program(folder / "driver", driver),
    )


def test_a_pair_of_one_version_is_taken(tmp_path: Path) -> None:
    found = find(config(tmp_path, "Chromium 140.0.7339.80 built on Debian", "ChromeDriver 140.0.7339.207 (abc)"))

    assert (found.major, found.version) == (140, "140.0.7339.80")
    assert (found.browser, found.driver) == (tmp_path / "browser", tmp_path / "driver")


@pytest.mark.parametrize(
    ("browser", "driver", "said"),
    [
        ("Chromium 140.0.1.2", "ChromeDriver 139.0.1.2", "must be of one version"),
        ("Chromium 90.0.1.2", "ChromeDriver 90.0.1.2", "at least 115"),
        ("cannot open shared object", "ChromeDriver 140.0.1.2", "does not tell its version: cannot open shared"),
    ],
)
def test_a_pair_that_does_not_serve_is_refused_with_the_remedy(
    tmp_path: Path, browser: str, driver: str, said: str
) -> None:
    with pytest.raises(AccountFault, match=said) as refusal:
        find(config(tmp_path, browser, driver))

    assert "scripts/install-system-packages" in refusal.value.remedy
    assert "\n" not in str(refusal.value)


def test_a_program_that_is_not_there_or_cannot_run_is_named(tmp_path: Path) -> None:
    broken = config(tmp_path, "Chromium 140.0.1.2", "ChromeDriver 140.0.1.2")
    a_program(tmp_path / "driver", "killed", code=9)
    away = BrowserConfig(data_dir=tmp_path, browser_path=tmp_path / "nowhere")

    with pytest.raises(AccountFault, match="driver does not tell its version: killed"):
        find(broken)
    with pytest.raises(AccountFault, match="nowhere is not there"):
        find(away)


def test_check_is_told_in_facts(tmp_path: Path) -> None:
    good = facts(config(tmp_path, "Chromium 140.0.1.2", "ChromeDriver 140.0.1.2"))
    bad = facts(BrowserConfig(data_dir=tmp_path, browser_path=tmp_path / "nowhere"))

    assert [fact.ok for fact in good] == [True]
    assert [(fact.ok, fact.subject) for fact in bad] == [(False, "browser")]
    assert bad[0].remedy


def test_nothing_is_shown_where_there_is_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("PATH", "")

    headed, unseen = display_problem(Mode.HEADED), display_problem(Mode.XVFB)

    assert headed
    assert "no display" in str(headed)
    assert unseen
    assert "Xvfb is not installed" in str(unseen)
    assert display_problem(Mode.HEADLESS) is None
