"""A supplier's voice, policy and accounts as JSON and rows, and back: strictly, so that nothing is silently dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from feedback_service.domain.errors import Configuration
from feedback_service.domain.identity import SupplierKey
from feedback_service.domain.supplier import Account, AnswerPolicy, Decision, Delivery, Supplier, Template, Voice, Way
from feedback_service.storage.secrets import Vault

Json = dict[str, Any]
"""A JSON object as the driver gives it: its shape is that of the writer in this file."""


def from_voice(voice: Voice) -> Json:
    return {
        "tone": voice.tone,
        "signature": voice.signature,
        "instructions": voice.instructions,
        "language": voice.language,
        "templates": [{"stars": sorted(one.stars), "texts": list(one.texts)} for one in voice.templates],
    }


def to_voice(json: Json) -> Voice:
    templates = tuple(
        Template(**{**one, "stars": frozenset(one["stars"]), "texts": tuple(one["texts"])}) for one in json["templates"]
    )
    return Voice(**{**json, "templates": templates})


def from_policy(policy: AnswerPolicy) -> Json:
    return {
        "reviews": {str(stars): decision for stars, decision in sorted(policy.reviews.items())},
        "stars_only": policy.stars_only,
        "questions": policy.questions,
        "reopen_edited": policy.reopen_edited,
        "max_age": policy.max_age.total_seconds() if policy.max_age is not None else None,
        "dismiss_skipped": policy.dismiss_skipped,
    }


def to_policy(json: Json) -> AnswerPolicy:
    return AnswerPolicy(
        **{
            **json,
            "reviews": {int(stars): Decision(decision) for stars, decision in json["reviews"].items()},
            "stars_only": Decision(json["stars_only"]) if json["stars_only"] is not None else None,
            "questions": Decision(json["questions"]),
            "max_age": timedelta(seconds=json["max_age"]) if json["max_age"] is not None else None,
        }
    )


def from_supplier(supplier: Supplier) -> Json:
    """The supplier's own columns."""
    return {
        "title": supplier.title,
        "voice": from_voice(supplier.voice),
        "policy": from_policy(supplier.policy),
        "stop_words": list(supplier.stop_words),
    }


def from_account(account: Account) -> Json:
    """The account's columns but its credentials."""
    return {
        "platform": account.platform,
        "base_url": account.base_url,
        "cabinet_url": account.cabinet_url,
        "delivery": account.delivery or "",
        "reading": account.reading or "",
        "poll_seconds": account.poll.total_seconds(),
        "quiet_poll_seconds": account.quiet_poll.total_seconds(),
        "unattended": account.unattended,
    }


def to_account(row: sa.RowMapping, supplier: SupplierKey, credentials: Mapping[str, str]) -> Account:
    return Account(
        id=row["id"],
        key=row["key"],
        supplier=supplier,
        platform=row["platform"],
        base_url=row["base_url"],
        cabinet_url=row["cabinet_url"],
        delivery=Delivery(row["delivery"]) if row["delivery"] else None,
        reading=Way(row["reading"]) if row["reading"] else None,
        poll=timedelta(seconds=row["poll_seconds"]),
        quiet_poll=timedelta(seconds=row["quiet_poll_seconds"]),
        unattended=row["unattended"],
        credentials=credentials,
    )


def to_supplier(row: sa.RowMapping, accounts: Sequence[sa.RowMapping], vault: Vault) -> Supplier:
    """Raises Configuration where another version wrote the row, or where no key fits the credentials."""
    key = SupplierKey(row["key"])
    try:
        return Supplier(
            key=key,
            title=row["title"],
            voice=to_voice(row["voice"]),
            policy=to_policy(row["policy"]),
            stop_words=tuple(row["stop_words"]),
            accounts=tuple(to_account(one, key, vault.open(one["credentials"])) for one in accounts),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise Configuration(f"supplier {key} was stored by another version; run `suppliers apply` again") from problem
