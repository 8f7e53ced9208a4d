"""Finds a platform by the name of its folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from typing import cast

from feedback_service.domain.errors import Configuration
from feedback_service.domain.identity import PlatformKey
from feedback_service.ports.platform import Platform


def keys() -> Sequence[PlatformKey]:
    """Every platform there is: the folders beside this file, in alphabetical order."""
    return sorted(PlatformKey(module.name) for module in pkgutil.iter_modules(__path__) if module.ispkg)


def find(key: str) -> Platform:
    """The platform of that name. Raises Configuration, naming the known ones, where there is none."""
    if key not in keys():
        raise Configuration(f"unknown platform {key!r}; known: {', '.join(keys())}")
    return cast(Platform, importlib.import_module(f"{__name__}.{key}"))
