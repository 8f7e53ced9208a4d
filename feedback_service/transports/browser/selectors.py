"""Reads a platform's selectors file, so that a changed page is mended without code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from feedback_service.domain.errors import Configuration

Sections = Mapping[str, Mapping[str, str]]


def load(platform_package: str, name: str, override: Path | None) -> Sections:
    """The sections of `<package>/<name>.toml`; keys of `<override>/<platform>.toml`, where it is there, replace them.

    Raises Configuration with the file and the key.
    """
    ours = resources.files(platform_package) / f"{name}.toml"
    sections = _sections(ours.read_text("utf-8"), f"{platform_package}/{name}.toml")
    if override is None:
        return sections
    path = override / f"{platform_package.rpartition('.')[2]}.toml"
    theirs = _read(path)
    return sections if theirs is None else _replaced(sections, _sections(theirs, str(path)), str(path))


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise Configuration(f"{path}: cannot be read: {problem}") from None


def _sections(text: str, where: str) -> dict[str, dict[str, str]]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise Configuration(f"{where}: not TOML: {problem}") from None
    return {name: _section(name, section, where) for name, section in document.items()}


def _section(name: str, section: object, where: str) -> dict[str, str]:
    if not isinstance(section, dict):
        raise Configuration(f"{where}: {name}: must be a section [{name}]")
    for key, value in section.items():
        if not isinstance(value, str) or not value.strip():
            raise Configuration(f"{where}: {name}.{key}: must be a selector in quotes")
    return section


def _replaced(ours: dict[str, dict[str, str]], theirs: dict[str, dict[str, str]], where: str) -> Sections:
    for name, section in theirs.items():
        if name not in ours:
            raise Configuration(f"{where}: unknown section [{name}]; known are: {', '.join(ours)}")
        for key in section:
            if key not in ours[name]:
                raise Configuration(f"{where}: unknown key {name}.{key}; known are: {', '.join(ours[name])}")
    return {name: {**section, **theirs.get(name, {})} for name, section in ours.items()}
