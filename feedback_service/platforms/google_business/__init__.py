"""Google Business Profile in one table: reviews of a business's locations, by Google's official APIs."""

from __future__ import annotations

from datetime import timedelta

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.platforms.google_business.connector import GoogleBusinessConnector
from feedback_service.platforms.google_business.hosts import REVIEWS
from feedback_service.platforms.google_business.login import CREDENTIALS
from feedback_service.ports.platform import Access, LengthUnit, PlatformSpec, TextLimit

SPEC = PlatformSpec(
    key=PlatformKey("google_business"),
    title="Google",
    base_url=REVIEWS,
    kinds=frozenset({Kind.REVIEW}),
    reply_limits={Kind.REVIEW: TextLimit(1, 4096, LengthUnit.BYTES)},
    credentials=CREDENTIALS,
    edit_window=timedelta(days=3650),
    batch=20,
    send_window=timedelta(minutes=3),
    terms="The Business Profile APIs are the documented way; the Google Cloud project has to be approved first. "
    "Answers that a model wrote are to be seen by a person before they are published; what is read of reviews is not "
    "to be kept for longer than 30 days (as Google's support put it in 2026).",
    retracts=True,
    moderates=frozenset({Kind.REVIEW}),
    finds="by its name (account, location and review); many of one location by its list",
    limits="300 requests a minute for a project; none is published for reviews, so we ask four times a second at most",
    person_first="Google's terms do not support AI answers that are posted automatically without a person's review",
)
"""Length: REST reference of accounts.locations.reviews, 2026-07: 4096 bytes of UTF-8, about 2048 Cyrillic letters. No
limit in time or number is stated for editing an answer, so the window is one that nobody reaches, and the number is 0:
without end. One call both answers and edits."""


def connect(access: Access) -> GoogleBusinessConnector:
    """Open an account; no network call yet. Raises Configuration for credentials that cannot be right."""
    return GoogleBusinessConnector.open(SPEC, access)
