"""`feedback-service platforms`: where the service can answer, and what an account there needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

import typer

from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import Way
from feedback_service.ports.platform import CredentialField, LengthUnit, PlatformSpec

LONG_DAYS = 3000
"""An edit window of that many days has no end in practice."""


def platforms(
    platform: Annotated[str, typer.Argument(help="All about this one: what an account needs, limits, terms.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what can be done on which platform; of one named, all that is to be known.

    Examples: `feedback-service platforms` · `feedback-service platforms ozon`
    """
    from feedback_service.cli import render

    specs = known_specs()
    chosen = [_chosen(platform, specs)] if platform else list(specs.values())
    if as_json:
        render.as_json([_described(spec) for spec in chosen])
    elif platform:
        render.line(f"{chosen[0].key} ({chosen[0].title})", "bold")
        for name, finding in _facts(chosen[0]):
            render.line(f"  {name}: {finding}")
    else:
        render.table([render.Column(title) for title in TITLES], [_row(spec) for spec in chosen])
        render.line("\nfeedback-service platforms NAME tells what an account there needs, its limits and its terms.")


def _chosen(name: str, specs: Mapping[PlatformKey, PlatformSpec]) -> PlatformSpec:
    spec = specs.get(PlatformKey(name))
    if spec is None:
        raise NotAllowed(f"unknown platform {name!r}; known: {', '.join(specs)}")
    return spec


TITLES = ("platform", "answers", "by", "edit", "delete", "moderated", "person", "length")


def _row(spec: PlatformSpec) -> tuple[str, ...]:
    """What can be done there, in a line."""
    return (
        spec.key,
        "all" if spec.kinds == set(Kind) else ", ".join(f"{kind}s" for kind in spec.kinds),
        ", ".join(spec.deliveries),
        _window(spec.edit_window) if spec.edit_window else "no",
        "yes" if spec.retracts else "no",
        "yes" if spec.moderates else "no",
        "first" if spec.person_first else "by policy",
        _longest(spec),
    )


def _longest(spec: PlatformSpec) -> str:
    """The most that an answer may have, in characters unless the unit is another; of several kinds each once."""
    longest = dict.fromkeys(spec.reply_limits[kind].maximum for kind in sorted(spec.kinds, reverse=True))
    units = {limit.unit for limit in spec.reply_limits.values()} - {LengthUnit.CHARACTERS}
    return " ".join([" / ".join(str(one) for one in longest), *units])


def _window(window: timedelta) -> str:
    return "yes" if window.days > LONG_DAYS else f"{window.days} days"


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
        ("moderation of answers", ", ".join(f"{kind}s" for kind in sorted(spec.moderates)) or "none known"),
        ("an item is found again", spec.finds),
        ("limits", spec.limits),
        ("reading", ", ".join(spec.reading_ways)),
        *([("a person first", spec.person_first)] if spec.person_first else []),
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
        "moderates": sorted(spec.moderates),
        "finds": spec.finds,
        "limits": spec.limits,
        "lengths": {kind: [one.minimum, one.maximum, one.unit] for kind, one in sorted(spec.reply_limits.items())},
        "readings": list(spec.reading_ways),
        "person_first": spec.person_first,
        "deliveries": list(spec.deliveries),
        "barred": dict(spec.barred),
        "cabinet": {"url": spec.cabinet.url, "caveat": spec.cabinet.caveat} if spec.cabinet else None,
        "credentials": [
            {"name": one.name, "meaning": one.meaning, "required": one.required, "ways": sorted(one.ways)}
            for one in spec.credentials
        ],
        "terms": spec.terms,
    }
