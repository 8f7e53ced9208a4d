"""What `check` reports about an Ozon account that is worked with by the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feedback_service.domain.errors import FeedbackServiceError, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.ozon.client import OzonClient
from feedback_service.platforms.ozon.refusals import WHERE
from feedback_service.platforms.ozon.wire import Rights
from feedback_service.ports.facts import trouble
from feedback_service.ports.platform import Fact

EXPIRES_SOON = timedelta(days=14)
NEEDED = ("/v1/review/comment/create", "/v1/question/answer/create")
EVERYTHING = "Admin"


async def of_account(client: OzonClient) -> Sequence[Fact]:
    """The key, its rights and its expiry by one call; then one call for each kind's subscription."""
    try:
        rights = await client.rights()
    except FeedbackServiceError as problem:
        return [trouble("login", problem)]
    key = [Fact("login", True, "the key is accepted"), _rights(rights), _expiry(rights, client.clock.now())]
    return [*key, *[await _subscription(client, kind) for kind in Kind]]


async def _subscription(client: OzonClient, kind: Kind) -> Fact:
    subject = f"subscription for {kind}s"
    try:
        counts = await client.counts(kind)
    except Unavailable as problem:
        return Fact(subject, False, f"{kind}s are not open to the account: {problem.reason}", problem.remedy)
    except FeedbackServiceError as problem:
        return trouble(subject, problem)
    waiting = counts.get("new", 0) + counts.get("viewed", 0) or counts.get("unprocessed", 0)
    return Fact(subject, True, f"there is one; {waiting} {kind}s wait for an answer")


def _rights(rights: Rights) -> Fact:
    """A role's methods are whole paths or beginnings of them, as in the official example."""
    missing = [path for path in NEEDED if not any(one and path.startswith(one) for one in rights.methods)]
    if missing and rights.methods and EVERYTHING not in rights.roles:
        return Fact("key rights", False, f"the key does not allow {', '.join(missing)}", f"give it the roles; {WHERE}")
    return Fact("key rights", True, "the key may read and answer")


def _expiry(rights: Rights, now: datetime) -> Fact:
    if rights.expires_at is None:
        return Fact("key expiry", True, "Ozon names no date")
    day = f"{rights.expires_at:%Y-%m-%d}"
    if rights.expires_at <= now:
        return Fact("key expiry", False, f"expired on {day}", f"make a new one; {WHERE}")
    if rights.expires_at - now < EXPIRES_SOON:
        left = (rights.expires_at - now).days
        return Fact("key expiry", True, f"WARNING: expires on {day}, in {left} days", f"make a new one; {WHERE}")
    return Fact("key expiry", True, f"valid until {day}")
