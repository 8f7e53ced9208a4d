"""`feedback-service platforms`: where the service can answer, and what an account there needs."""

from __future__ import annotations

from typing import Annotated

import typer

from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import Way
from feedback_service.ports.platform import CredentialField, PlatformSpec


def platforms(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the platforms with what they can do, what an account needs and what their terms say.

    Example: `feedback-service platforms`
    """
    from feedback_service.cli import render

    specs = known_specs().values()
    if as_json:
        render.as_json([_described(spec) for spec in specs])
        return
    for spec in specs:
        render.line(f"{spec.key} ({spec.title})", "bold")
        for name, finding in _facts(spec):
            render.line(f"  {name}: {finding}")


def known_specs() -> dict[PlatformKey, PlatformSpec]:
    """Every platform's SPEC by its key."""
    from feedback_service.platforms import find, keys

    return {key: find(key).SPEC for key in keys()}


def _facts(spec: PlatformSpec) -> list[tuple[str, str]]:
    limits = (f"{kind} {limit.minimum} to {limit.maximum} {limit.unit}" for kind, limit in spec.reply_limits.items())
    window = f"within {spec.edit_window.days} days" if spec.edit_window else "not possible"
    times = f", {spec.edits} time(s)" if spec.edits else ""
    needs = [(f"needs {one.name}{_ways(one)}", one.meaning) for one in spec.credentials if one.required]
    may = [(f"may have {one.name}", one.meaning) for one in spec.credentials if not one.required]
    return [
        ("answers", ", ".join(sorted(spec.kinds))),
        ("length", ", ".join(limits)),
        ("editing an answer", window + times),
        ("retracting an answer", "possible" if spec.retracts else "not possible"),
        ("delivery", ", ".join(_deliveries(spec))),
        *([("cabinet", spec.cabinet.caveat)] if spec.cabinet else []),
        *needs,
        *may,
        ("terms", spec.terms or "nothing known"),
    ]


def _ways(credential: CredentialField) -> str:
    """By which way of working it is needed, where it is not the API's alone."""
    ways = sorted(credential.ways)
    return "" if ways == [Way.API] else f" ({' and '.join(ways)})"


def _deliveries(spec: PlatformSpec) -> list[str]:
    usual, *others = spec.deliveries
    barred = [f"not {delivery} ({reason})" for delivery, reason in spec.barred.items()]
    return [f"{usual} (the usual one)" if others else str(usual), *others, *barred]


def _described(spec: PlatformSpec) -> dict[str, object]:
    return {
        "key": spec.key,
        "title": spec.title,
        "base_url": spec.base_url,
        "kinds": sorted(spec.kinds),
        "edit_days": spec.edit_window.days if spec.edit_window else None,
        "edits": spec.edits,
        "retracts": spec.retracts,
        "deliveries": list(spec.deliveries),
        "barred": dict(spec.barred),
        "cabinet": {"url": spec.cabinet.url, "caveat": spec.cabinet.caveat} if spec.cabinet else None,
        "credentials": [
            {"name": one.name, "meaning": one.meaning, "required": one.required, "ways": sorted(one.ways)}
            for one in spec.credentials
        ],
        "terms": spec.terms,
    }
