"""Finds the replica of every platform folder, so that a new platform is mounted without a list to keep."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import cast

from feedback_service import platforms
from feedback_service.ports.replica import Replica


def discover_replicas() -> list[Replica]:
    """A fresh replica of each platform that has one: `REPLICA` of its `replica` package, called without arguments."""
    return [_replica(folder.name) for folder in iter_modules(platforms.__path__) if _has_replica(folder.name)]


def _has_replica(platform: str) -> bool:
    return find_spec(f"{platforms.__name__}.{platform}.replica") is not None


def _replica(platform: str) -> Replica:
    module = import_module(f"{platforms.__name__}.{platform}.replica")
    return cast("Callable[[], Replica]", module.REPLICA)()
