"""Single values of suppliers.yaml: text, number, yes or no, one of a few names, checked and read."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

import yaml

from feedback_service.suppliers_file.nodes import Spot
from feedback_service.suppliers_file.problems import suggestion
from feedback_service.suppliers_file.variables import UnsetVariable, with_variables

Name = TypeVar("Name", bound=StrEnum)
YES = frozenset({"true", "yes", "on"})
NO = frozenset({"false", "no", "off"})


def plain(spot: Spot) -> str:
    """A scalar as it is written in the file (so that `no` stays the language and `007` the text), or nothing."""
    if isinstance(spot.node, yaml.ScalarNode):
        return str(spot.node.value).strip()
    if spot.present:
        spot.fail("is not a single value")
    return ""


def text(spot: Spot, default: str = "") -> str:
    """A text, its variables replaced."""
    written = plain(spot)
    if not written:
        return default
    try:
        return with_variables(written, spot.reading.variables)
    except UnsetVariable as problem:
        spot.fail(str(problem))
        return default


def required_text(spot: Spot) -> str:
    """A text that must not be empty."""
    if not spot.present or (isinstance(spot.node, yaml.ScalarNode) and not plain(spot)):
        spot.fail("is missing; give it a value")
        return ""
    return text(spot)


def texts(spot: Spot) -> tuple[str, ...]:
    """A list of texts, none of them empty."""
    return tuple(required_text(one) for one in spot.items())


def one_of(spot: Spot, names: type[Name]) -> Name | None:
    """One of the names; None where it is missing or wrong."""
    written = plain(spot)
    if not written:
        return None
    known = [str(name) for name in names]
    if written not in known:
        spot.fail(f"{written!r} is not known; {suggestion(written, known)}")
        return None
    return names(written)


def truth(spot: Spot, default: bool) -> bool:
    """yes or no, true or false, on or off."""
    written = plain(spot).lower()
    if not written:
        return default
    if written not in YES | NO:
        spot.fail(f"{written!r} is neither true nor false")
    return written in YES


def number(spot: Spot, least: float, most: float) -> float | None:
    """A number within the bounds; None where it is missing or wrong."""
    written = plain(spot)
    if not written:
        return None
    try:
        value = float(written)
    except ValueError:
        spot.fail(f"{written!r} is not a number")
        return None
    if not least <= value <= most:
        spot.fail(f"must be from {least:g} to {most:g}")
        return None
    return value
