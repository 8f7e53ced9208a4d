"""Runs one benchmark: `python -m benchmarks NAME [key=value …]`; the last line is one JSON object."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Sequence

import benchmarks


def names() -> list[str]:
    """Every benchmark's name."""
    return sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name[0] != "_")


def options(words: Sequence[str]) -> dict[str, int | float | str]:
    """`key=value` words as keyword arguments; numbers become numbers."""
    found: dict[str, int | float | str] = {}
    for word in words:
        key, _, text = word.partition("=")
        try:
            found[key] = int(text)
        except ValueError:
            found[key] = float(text) if text.replace(".", "", 1).isdigit() else text
    return found


def main(words: Sequence[str]) -> int:
    if not words or words[0] not in names():
        print(f"usage: python -m benchmarks NAME [key=value …]; NAME is one of: {', '.join(names())}", file=sys.stderr)
        return 2
    result = importlib.import_module(f"benchmarks.{words[0]}").run(**options(words[1:]))
    print(json.dumps(result, ensure_ascii=False))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
