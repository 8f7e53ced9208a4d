"""The `${NAME}` in texts of suppliers.yaml, replaced from the environment or `.env`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

SLOT = re.compile(r"\$(?P<literal>\$)?\{(?P<name>[^}]*)\}")
"""`${NAME}`; `$${NAME}` stands for itself."""


class UnsetVariable(ValueError):
    """A text refers to a variable that is not set, or is empty; the message names it and the remedy."""


def read_variables(env_file: Path) -> dict[str, str]:
    """All that `${NAME}` may refer to: the environment first, then the file."""
    from dotenv import dotenv_values

    written = dotenv_values(env_file) if env_file.is_file() else {}
    return {**{name: value for name, value in written.items() if value}, **os.environ}


def refers_to_variable(text: str) -> bool:
    """Whether the text takes at least a part of itself from a variable."""
    return any(not slot["literal"] for slot in SLOT.finditer(text))


def with_variables(text: str, variables: Mapping[str, str]) -> str:
    """The text with every `${NAME}` replaced; raises UnsetVariable."""

    def value(slot: re.Match[str]) -> str:
        if slot["literal"]:
            return slot[0][1:]
        found = variables.get(slot["name"], "")
        if not found:
            state = "is empty" if slot["name"] in variables else "is not set"
            raise UnsetVariable(f"variable {slot['name']} {state}; set it in the environment or in .env")
        return found

    return SLOT.sub(value, text)
