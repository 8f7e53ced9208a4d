"""Our messages as bytes, and bytes back as our messages, or as what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from feedback_service.domain.identity import AccountId, DispatchId, SupplierKey, is_slug
from feedback_service.ports.queue import Foreign, Notice, Rollback

VERSION = 1
LONGEST_BODY = 16 * 1024
LONGEST_REASON = 1000
"""Characters of a rollback's reason; a longer one is cut."""
LONGEST_ID = 200
"""Characters of a platform's id of an answer."""
_LARGEST_ID = 2**63 - 1

NOTICE = "notice"
ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one message is made of; `key` is the ordering key."""

    body: bytes
    key: str
    attributes: Mapping[str, str]


def pack(content: Notice | Rollback) -> Parcel:
    """The message as it travels: versioned JSON of ids, and the same ids as attributes for people and filters."""
    fields: dict[str, object] = {
        "v": VERSION,
        "kind": NOTICE if isinstance(content, Notice) else ROLLBACK,
        "supplier": content.supplier,
        "account": content.account,
        "dispatch": content.dispatch,
        "revision": content.revision,
    }
    if isinstance(content, Notice):
        fields["expires_at"] = content.expires_at.astimezone(UTC).isoformat()
    else:
        fields["reason"] = content.reason[:LONGEST_REASON] or "no reason given"
        if content.retract:
            fields["retract"] = content.platform_id[:LONGEST_ID]
    attributes = {name: str(fields[name]) for name in ("kind", "supplier", "account")}
    return Parcel(json.dumps(fields).encode("ascii"), str(content.account), attributes)


def unpack(body: bytes, expected: str) -> Notice | Rollback | Foreign:
    """The message that the bytes hold, which must be of the expected kind; never raises."""
    try:
        fields = _fields(body)
        kind = fields.pop("kind", None)
        if kind != expected:
            raise _Odd(f"kind is {_shown(kind)} where {expected!r} belongs")
        return _READERS[expected](fields)
    except _Odd as problem:
        return Foreign(str(problem))


class _Odd(Exception):
    """What is wrong with a message."""


def _fields(body: bytes) -> dict[str, object]:
    if len(body) > LONGEST_BODY:
        raise _Odd(f"{len(body)} bytes; ours have at most {LONGEST_BODY}")
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise _Odd("no JSON") from None
    if not isinstance(fields, dict):
        raise _Odd("no JSON object")
    version = fields.pop("v", None)
    if type(version) is not int or version != VERSION:
        raise _Odd(f"version is {_shown(version)}; this release knows {VERSION}")
    return fields


def _notice(fields: dict[str, object]) -> Notice:
    _expect(fields, "expires_at")
    return Notice(
        supplier=_supplier(fields),
        account=AccountId(_number(fields, "account")),
        dispatch=DispatchId(_number(fields, "dispatch")),
        revision=_number(fields, "revision"),
        expires_at=_moment(fields["expires_at"]),
    )


def _rollback(fields: dict[str, object]) -> Rollback:
    retract, published = "retract" in fields, fields.pop("retract", "")
    _expect(fields, "reason")
    reason = fields["reason"]
    if not isinstance(reason, str) or not 0 < len(reason) <= LONGEST_REASON:
        raise _Odd(f"reason is {_shown(reason)}, not a text of 1 to {LONGEST_REASON} characters")
    if not isinstance(published, str) or len(published) > LONGEST_ID:
        raise _Odd(f"retract is {_shown(published)}, not the id of an answer")
    return Rollback(
        supplier=_supplier(fields),
        account=AccountId(_number(fields, "account")),
        dispatch=DispatchId(_number(fields, "dispatch")),
        revision=_number(fields, "revision"),
        reason=reason,
        retract=retract,
        platform_id=published,
    )


_READERS: Mapping[str, Callable[[dict[str, object]], Notice | Rollback]] = {NOTICE: _notice, ROLLBACK: _rollback}


def _expect(fields: dict[str, object], last: str) -> None:
    expected = {"supplier", "account", "dispatch", "revision", last}
    if missing := sorted(expected - fields.keys()):
        raise _Odd(f"without {', '.join(missing)}")
    if surplus := sorted(fields.keys() - expected):
        raise _Odd(f"with {len(surplus)} field(s) that are not ours, such as {_shown(surplus[0])}")


def _supplier(fields: dict[str, object]) -> SupplierKey:
    supplier = fields["supplier"]
    if not isinstance(supplier, str) or not is_slug(supplier):
        raise _Odd(f"supplier is {_shown(supplier)}, no key of one")
    return SupplierKey(supplier)


def _number(fields: dict[str, object], name: str) -> int:
    number = fields[name]
    if type(number) is not int or not 0 <= number <= _LARGEST_ID:
        raise _Odd(f"{name} is {_shown(number)}, not a whole number from 0 on")
    return number


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _Odd(f"expires_at is {_shown(text)}, not a moment with its time zone")


def _shown(value: object) -> str:
    """A stranger's value, short and without anything that could break a log line."""
    return ascii(value)[:40]
