"""The `accounts` of a supplier: where it is answered, and by which credentials."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from feedback_service.domain.identity import AccountId, AccountKey, PlatformKey, SupplierKey, is_slug
from feedback_service.domain.supplier import QUIETER, USUAL_POLL, Account, Delivery, Way
from feedback_service.ports.platform import PlatformSpec
from feedback_service.suppliers_file.nodes import Spot
from feedback_service.suppliers_file.problems import suggestion
from feedback_service.suppliers_file.values import number, one_of, plain, required_text, text, truth
from feedback_service.suppliers_file.variables import refers_to_variable

Specs = Mapping[PlatformKey, PlatformSpec]
UNSTORED = AccountId(0)
"""The id of an account that only the file knows; storage gives the real one."""
LONGEST_POLL = 86_400
"""Seconds: once a day."""
LONGEST_NAME = 40
"""Characters; what is longer was meant to be a secret and is not repeated."""


def key_of(spot: Spot) -> str:
    """A supplier's or account's key."""
    written = plain(spot)
    if not written:
        spot.fail("is missing; give it a short name like lapka")
    elif not is_slug(written):
        spot.fail(f"{written!r} is not a key; use a-z, 0-9 and inner hyphens, at most 64 characters")
    return written


def read_account(spot: Spot, supplier: SupplierKey, specs: Specs) -> Account:
    """One account; its credentials are those that the platform asks for."""
    there = spot.fields(
        "key",
        "platform",
        "delivery",
        "reading",
        "base_url",
        "cabinet_url",
        "poll_seconds",
        "quiet_poll_seconds",
        "answers_without_a_person",
        "credentials",
    )
    poll = _poll(there["poll_seconds"])
    spec = _platform(there["platform"], specs)
    delivery = _delivery(there["delivery"], spec) if spec else None
    reading = _reading(there["reading"], spec) if spec else None
    return Account(
        id=UNSTORED,
        key=AccountKey(key_of(there["key"])),
        supplier=supplier,
        platform=spec.key if spec else PlatformKey(""),
        base_url=_base_url(there["base_url"]),
        cabinet_url=_base_url(there["cabinet_url"]),
        delivery=delivery,
        reading=reading,
        credentials=_credentials(there["credentials"], spec, _ways(spec, delivery, reading)) if spec else {},
        poll=poll,
        quiet_poll=_quiet_poll(there["quiet_poll_seconds"], poll),
        unattended=truth(there["answers_without_a_person"], default=False),
    )


def _poll(spot: Spot) -> timedelta:
    seconds = number(spot, 1, LONGEST_POLL)
    return USUAL_POLL if seconds is None else timedelta(seconds=seconds)


def _quiet_poll(spot: Spot, poll: timedelta) -> timedelta:
    """How rarely a quiet account is read; never more often than a busy one."""
    seconds = number(spot, 1, LONGEST_POLL)
    if seconds is None:
        return min(poll * QUIETER, timedelta(seconds=LONGEST_POLL))
    if seconds < poll.total_seconds():
        spot.fail(f"is shorter than poll_seconds ({poll.total_seconds():g}); a quiet account is read more rarely")
    return timedelta(seconds=seconds)


def _platform(spot: Spot, specs: Specs) -> PlatformSpec | None:
    written = required_text(spot)
    if not written:
        return None
    if written not in specs:
        spot.fail(f"unknown platform {written!r}; {suggestion(written, sorted(specs))}")
        return None
    return specs[PlatformKey(written)]


def _delivery(spot: Spot, spec: PlatformSpec) -> Delivery | None:
    """How answers leave, of what the platform allows; the file may leave it out."""
    written = one_of(spot, Delivery)
    if written is None or written in spec.deliveries:
        return written
    allowed = ", ".join(spec.deliveries)
    spot.fail(f"{spec.title} cannot be answered by {written}: {spec.barred.get(written, 'not built')}; use {allowed}")
    return None


def _reading(spot: Spot, spec: PlatformSpec) -> Way | None:
    """How customers' words are read; the file may leave it out."""
    written = one_of(spot, Way)
    if written is not None and written not in spec.reading_ways:
        spot.fail(f"{spec.title} cannot be read by {written}; use {', '.join(sorted(spec.reading_ways))}")
        return None
    return written


def _ways(spec: PlatformSpec, delivery: Delivery | None, reading: Way | None) -> frozenset[Way]:
    """The ways whose credentials must be there; where the file does not say how to read, either will do."""
    return frozenset({(delivery or spec.deliveries[0]).way, *([reading] if reading else [])})


def _base_url(spot: Spot) -> str:
    """An address to use in place of the platform's own; a token never travels unencrypted beyond this machine."""
    url = text(spot)
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        spot.fail("is not a web address; write it like https://host/path, or leave it out")
    elif parts.scheme == "http" and not _is_near(host):
        spot.fail("must begin with https: http would send the token in the clear")
    return url


def _is_near(host: str) -> bool:
    if "." not in host and ":" not in host:
        return True  # localhost, or a name that only a container network knows
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _credentials(spot: Spot, spec: PlatformSpec, ways: frozenset[Way]) -> Mapping[str, str]:
    known = {field.name: field for field in spec.credentials}
    there = dict(spot.pairs())
    for name, one in there.items():
        if name not in known:
            shown = name if len(name) <= LONGEST_NAME else "of this name"
            replace(spot, line=one.line).fail(f"{spec.title} has no credential {shown}; {suggestion(name, known)}")
        elif known[name].secret:
            _refuse_plain(one)
    for field in spec.credentials:
        if field.required and field.ways & ways and field.name not in there:
            spot.fail(f"{field.name} is missing: {field.meaning}")
    return {name: required_text(one) for name, one in there.items() if name in known}


def _refuse_plain(spot: Spot) -> None:
    written = plain(spot)
    if written and not refers_to_variable(written) and not spot.reading.allow_plain_secrets:
        spot.fail("is a secret in plain text; write ${NAME} and put NAME=… into .env, or pass --allow-plain-secrets")
