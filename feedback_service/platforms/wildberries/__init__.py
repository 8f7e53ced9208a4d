"""Wildberries in one table: reviews and questions of a seller, by the public seller API."""

from __future__ import annotations

from datetime import timedelta

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import Delivery
from feedback_service.platforms.wildberries.connector import WildberriesConnector
from feedback_service.ports.platform import Access, CredentialField, PlatformSpec, TextLimit

LIMIT = TextLimit(2, 5000)
OFFER = "its offer (clause 9.9.6) allows automation only through the API"

SPEC = PlatformSpec(
    key=PlatformKey("wildberries"),
    title="Wildberries",
    base_url="https://feedbacks-api.wildberries.ru",
    kinds=frozenset({Kind.REVIEW, Kind.QUESTION}),
    reply_limits={Kind.REVIEW: LIMIT, Kind.QUESTION: LIMIT},
    credentials=(
        CredentialField(
            "token",
            "API token of the category «Вопросы и отзывы» with writing allowed, "
            "from the seller portal: Настройки → Доступ к API",
        ),
    ),
    edit_window=timedelta(days=60),
    edits=1,
    moderates=frozenset({Kind.REVIEW}),
    finds="by its id, or by lists cut to its date",
    limits="3 requests/s, 6 at once, by the token (5 an hour with a basic token)",
    barred={Delivery.BROWSER: OFFER, Delivery.QUEUE: OFFER},
    terms="Automation only through the API (offer, clause 9.9.6); the seller portal itself must not be automated. "
    "A personal token stays on the seller's own machines; a service run for others needs a service token.",
)
"""Lengths, edits and hosts: Wildberries OpenAPI "Общение с покупателями", 2026-07.

No length is stated there for an answer to a question, so the one of reviews is kept to.
"""


def connect(access: Access) -> WildberriesConnector:
    """Open an account; no network call yet. Raises Configuration for a missing or malformed token."""
    return WildberriesConnector.open(SPEC, access)
