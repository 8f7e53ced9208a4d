"""A seller, its accounts, its voice and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from feedback_service.domain.identity import AccountId, AccountKey, PlatformKey, SupplierKey


class Way(StrEnum):
    """By what an account is worked with: the platform's API, or the seller's cabinet in a browser."""

    API = "api"
    BROWSER = "browser"


class Delivery(StrEnum):
    """How answers of an account leave: by the API or a browser of its worker, or by the queue to a publisher."""

    API = "api"
    BROWSER = "browser"
    QUEUE = "queue"

    @property
    def way(self) -> Way:
        """By what the answer is finally written."""
        return Way.API if self is Delivery.API else Way.BROWSER


class Decision(StrEnum):
    """What may happen to an answer: published by itself, published after a person's yes, or never written."""

    AUTO = "auto"
    APPROVE = "approve"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPolicy:
    """Who decides, by rating and kind.

    The defaults are the safe ones: praise is answered alone, complaints and questions wait for a person.
    `reviews` maps stars (1 to 5) to a decision; stars that it does not name take `APPROVE`.
    `reopen_edited`: an answered review that its customer edits is taken up again (always held for a person).
    `max_age`: older items are skipped; None answers everything.
    `dismiss_skipped`: what is skipped is taken off the platform's own list of what waits, where the platform can do so.
    """

    reviews: Mapping[int, Decision] = field(
        default_factory=lambda: {
            1: Decision.APPROVE,
            2: Decision.APPROVE,
            3: Decision.APPROVE,
            4: Decision.AUTO,
            5: Decision.AUTO,
        }
    )
    stars_only: Decision | None = None
    questions: Decision = Decision.APPROVE
    reopen_edited: bool = True
    max_age: timedelta | None = None
    dismiss_skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Texts for reviews without words; one is chosen by the item's id, so that neighbours differ."""

    stars: frozenset[int]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How the supplier speaks: what the drafter is told, and the texts that need no model."""

    tone: str = "вежливо и по-человечески, на «вы»"
    signature: str = ""
    instructions: str = ""
    language: str = ""
    templates: tuple[Template, ...] = ()


USUAL_POLL = timedelta(minutes=1)
QUIETER = 10
"""How many times as long a quiet account is left alone as a busy one, where the supplier names no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One login of a supplier on one platform. `credentials` never shows itself.

    `delivery` None is the platform's first; `reading` None is the API where its credentials are there. An empty address
    is the platform's own. A busy account is read every `poll`, a quiet one ever more rarely, down to every
    `quiet_poll`. `unattended`: the supplier's plain yes to answers without a person where the platform's terms ask for
    one.
    """

    id: AccountId
    key: AccountKey
    supplier: SupplierKey
    platform: PlatformKey
    base_url: str = ""
    cabinet_url: str = ""
    delivery: Delivery | None = None
    reading: Way | None = None
    poll: timedelta = USUAL_POLL
    quiet_poll: timedelta = USUAL_POLL * QUIETER
    unattended: bool = False
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """A seller with all its accounts. `stop_words` are lemmas or phrases that never appear in an answer."""

    key: SupplierKey
    title: str
    voice: Voice = field(default_factory=Voice)
    policy: AnswerPolicy = field(default_factory=AnswerPolicy)
    stop_words: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
