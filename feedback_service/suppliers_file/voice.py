"""The `voice` of a supplier: how it speaks, and its texts for reviews without words."""

from __future__ import annotations

import re

import yaml

from feedback_service.domain.supplier import Template, Voice
from feedback_service.suppliers_file.nodes import Spot
from feedback_service.suppliers_file.values import plain, text, texts

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
SLOT = re.compile(r"\{\s*([^{}]*?)\s*\}")
KNOWN_SLOTS = frozenset({"name", "имя"})
STARS = frozenset(range(1, 6))


def read_voice(spot: Spot) -> Voice:
    """The voice, with our own tone where the file names none."""
    there = spot.fields("tone", "signature", "instructions", "language", "templates")
    return Voice(
        tone=text(there["tone"], Voice().tone),
        signature=text(there["signature"]),
        instructions=text(there["instructions"]),
        language=_language(there["language"]),
        templates=tuple(_template(one) for one in there["templates"].items()),
    )


def stars(spot: Spot, written: str) -> int | None:
    """A number of stars, or None with a problem noted."""
    if written.isascii() and written.isdigit() and int(written) in STARS:
        return int(written)
    spot.fail("stars are 1 to 5")
    return None


def _language(spot: Spot) -> str:
    written = plain(spot)
    if written and not LANGUAGE.fullmatch(written):
        spot.fail(f"{written!r} is not a language; write it like ru, kk or en-US, or leave it out")
    return written


def _template(spot: Spot) -> Template:
    there = spot.fields("stars", "texts")
    chosen = _stars_of(there["stars"])
    wordings = texts(there["texts"])
    if not wordings:
        there["texts"].fail("is missing; give at least one text")
    for one in there["texts"].items() if wordings else ():
        for slot in SLOT.findall(plain(one)):
            if slot.lower() not in KNOWN_SLOTS:
                one.fail(f"unknown slot {{{slot}}}; only {{name}} is filled in")
    return Template(stars=chosen, texts=wordings)


def _stars_of(spot: Spot) -> frozenset[int]:
    if not spot.present:
        spot.fail("is missing; name the stars that the texts are for, like [4, 5]")
    single = isinstance(spot.node, yaml.ScalarNode)
    found = [stars(one, plain(one)) for one in ([spot] if single else spot.items())]
    return frozenset(one for one in found if one is not None)
