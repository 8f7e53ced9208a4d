"""The supplier's rules applied to one item: may it be answered, and by whose decision; the other pure rules beside."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from feedback_service.domain.confirmation import Judgement, Shown, judge, same_text, shown
from feedback_service.domain.feedback import Item, Review
from feedback_service.domain.length import LengthUnit, TextLimit, length_finding
from feedback_service.domain.redelivery import Redelivery, redelivery_delay
from feedback_service.domain.reply import Classification, Urgency
from feedback_service.domain.supplier import AnswerPolicy, Decision
from feedback_service.domain.templates import choose_template, first_name, signed

__all__ = [
    "Judgement",
    "LengthUnit",
    "Redelivery",
    "Shown",
    "TextLimit",
    "choose_template",
    "decide",
    "first_name",
    "is_stars_only",
    "is_too_old",
    "judge",
    "length_finding",
    "redelivery_delay",
    "same_text",
    "shown",
    "signed",
    "with_classification",
]

SPEAKING_CATEGORIES = ("L", "N", "So")
"""Unicode categories that say something: letters, digits, and signs such as emoji; mere punctuation does not."""


def decide(policy: AnswerPolicy, item: Item, now: datetime) -> Decision:
    """Who decides over an answer to this item, before anything is known of its meaning."""
    if is_too_old(policy, item, now):
        return Decision.SKIP
    if not isinstance(item, Review):
        return policy.questions
    if policy.stars_only is not None and is_stars_only(item):
        return policy.stars_only
    return policy.reviews.get(item.rating, Decision.APPROVE)


def with_classification(decision: Decision, classification: Classification) -> Decision:
    """The decision once the meaning is known: what needs a person, or is urgent, never goes out by itself."""
    wants_a_person = classification.needs_person or classification.urgency is Urgency.HIGH
    return Decision.APPROVE if decision is Decision.AUTO and wants_a_person else decision


def is_too_old(policy: AnswerPolicy, item: Item, now: datetime) -> bool:
    """Whether the item is older than the policy answers."""
    return policy.max_age is not None and now - item.created_at > policy.max_age


def is_stars_only(item: Item) -> bool:
    """Whether a review says nothing but its stars: no letter, digit or emoji in any of its fields."""
    if not isinstance(item, Review):
        return False
    return not any(unicodedata.category(char).startswith(SPEAKING_CATEGORIES) for char in item.words)
