"""2GIS in one table: reviews of an organisation's branches, by the calls of the cabinet account.2gis.com."""

from __future__ import annotations

from datetime import timedelta

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import Way
from feedback_service.platforms.twogis.connector import TwoGisConnector
from feedback_service.platforms.twogis.login import CREDENTIALS, SESSION_COOKIE
from feedback_service.ports.platform import Access, CabinetSpec, PlatformSpec, Redelivery, TextLimit

SETTLE = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""Nothing is known to stop a second comment of the same company, so a doubt is looked at for longer than elsewhere.

Whether replies are moderated, and seen meanwhile, is not known either: so that a look shows nothing proves nothing, and
a doubt ends with a person instead of a second write.
"""

SPEC = PlatformSpec(
    key=PlatformKey("twogis"),
    title="2GIS",
    base_url="https://api.account.2gis.com",
    kinds=frozenset({Kind.REVIEW}),
    reply_limits={Kind.REVIEW: TextLimit(1, 4096)},
    credentials=CREDENTIALS,
    batch=10,
    send_window=timedelta(minutes=3),
    redelivery=Redelivery(settle=SETTLE, doubt_ends_with_a_person=True),
    terms="No public description and no terms for these calls are known: they are those that the cabinet's own page "
    "makes. Their use is at the seller's own risk.",
    cabinet=CabinetSpec(
        url="https://account.2gis.com",
        sites=("2gis.com", "2gis.ru"),
        cookies=(SESSION_COOKIE,),
        caveat="the cabinet's calls are known from public code of others, not from a description; where it asks for a "
        "captcha, only a person can sign in, and how long a session lasts is not known",
        ways=frozenset({Way.API}),
        instead=("login", "password"),
    ),
    retracts=True,
    finds="by its id; where the answer to that lacks the words, in its branch's list by its date",
    limits="nothing published; we ask twice a second at most, up to seven times at once after a rest, so that a pass "
    "over 500 branches takes eight minutes",
)
"""The length of an answer is published nowhere: ours is a cautious one. No call that changes an answer is known, so it
cannot be edited; it can be taken away. Nothing is known of moderation: where a reply carries the mark, it is heeded."""


def connect(access: Access) -> TwoGisConnector:
    """Open an account; no network call yet. Raises Configuration for credentials that cannot be right."""
    return TwoGisConnector.open(SPEC, access)
