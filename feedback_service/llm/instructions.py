"""The system prompts: files of this package, each with its version on the first line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

NAMES = ("classify", "draft", "check")


@dataclass(frozen=True, slots=True)
class Prompt:
    """`version` changes with every change of the text, so that results can be told apart by it."""

    version: str
    text: str


@lru_cache(maxsize=len(NAMES))
def prompt(name: str) -> Prompt:
    """Read a prompt of the package."""
    source = files("feedback_service.llm").joinpath("prompts", f"{name}.md").read_text("utf-8")
    first, _, text = source.partition("\n")
    return Prompt(first.removeprefix("<!-- version ").removesuffix(" -->"), text.strip())


def versions() -> Mapping[str, str]:
    """The version of every prompt by its name."""
    return {name: prompt(name).version for name in NAMES}
