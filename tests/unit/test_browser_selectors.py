"""The selectors file of a platform, and what an override may mend in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback_service.domain.errors import Configuration
from feedback_service.transports.browser.selectors import load

OURS = '[marks]\nready = ".cabinet"\nsign_in = "form.login"\n[reply]\ntext = "textarea"\n'


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    folder = tmp_path / "bazaar_selectors" / "bazaar"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "selectors.toml").write_text(OURS, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "bazaar_selectors.bazaar"
    for name in [one for one in sys.modules if one.startswith("bazaar_selectors")]:
        del sys.modules[name]


def test_without_an_override_the_platforms_own_selectors_count(package: str, tmp_path: Path) -> None:
    sections = load(package, "selectors", tmp_path / "nowhere")

    assert sections == {"marks": {"ready": ".cabinet", "sign_in": "form.login"}, "reply": {"text": "textarea"}}
    assert load(package, "selectors", None) == sections


def test_an_override_replaces_what_it_names_and_nothing_else(package: str, tmp_path: Path) -> None:
    (tmp_path / "bazaar.toml").write_text('[reply]\ntext = "div[contenteditable]"\n', "utf-8")

    sections = load(package, "selectors", tmp_path)

    assert sections["reply"] == {"text": "div[contenteditable]"}
    assert sections["marks"]["ready"] == ".cabinet"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[reply]\ntxet = "a"\n', "reply.txet"),
        ('[replies]\ntext = "a"\n', "[replies]"),
        ("[reply]\ntext = 7\n", "reply.text"),
        ('[reply]\ntext = " "\n', "reply.text"),
        ('reply = "a"\n', "reply"),
        ("[reply\n", "line 1"),
    ],
)
def test_a_wrong_override_is_refused_with_its_file_and_key(package: str, tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "bazaar.toml").write_text(text, "utf-8")

    with pytest.raises(Configuration) as refusal:
        load(package, "selectors", tmp_path)

    assert named in str(refusal.value)
    assert str(tmp_path / "bazaar.toml") in str(refusal.value)
