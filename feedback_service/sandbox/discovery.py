"""Finds the replica of every platform folder, so that a new platform is mounted without a list to keep."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from feedback_service.platforms import keys
from feedback_service.ports.replica import Replica


def discover_replicas() -> list[Replica]:
    """A fresh replica of each platform that has one: `REPLICA` of its `replica` package, called without arguments."""
    modules = [f"feedback_service.platforms.{key}.replica" for key in keys()]
    return [_replica(module) for module in modules if find_spec(module) is not None]


def _replica(module: str) -> Replica:
    return cast("Callable[[], Replica]", import_module(module).REPLICA)()
