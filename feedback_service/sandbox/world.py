"""The made-up sellers of the sandbox and their customers: a backlog, then one customer after another for ever."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from feedback_service.ports.replica import SandboxCustomer
from feedback_service.sandbox.texts import texts
from feedback_service.sandbox.writing import Letter, Pen, question, review, supplement

DAY = 86_400.0
BACKLOG_DAYS = 21
_SHARE_QUESTIONS = 0.2
_SHARE_PHOTOS = 0.2
_SHARE_SUPPLEMENTS = 0.08
_SHARE_INITIAL = 0.25
_SHARE_WOMEN = 0.65


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A made-up supplier; `goods` names the texts its customers use."""

    key: str
    title: str
    goods: str
    tone: str
    signature: str


@dataclass(frozen=True, slots=True)
class ShopAccount:
    """One account of a shop: `key` is unique within the shop, `name` everywhere."""

    shop: Shop
    key: str

    @property
    def name(self) -> str:
        return f"{self.shop.key}-{self.key}"


@dataclass(frozen=True, slots=True)
class Story:
    """What one customer leaves: an item, and sometimes a supplement to it, whose `supplement_of` is still open."""

    first: SandboxCustomer
    supplement: SandboxCustomer | None = None


SHOPS = (
    Shop(
        key="pledoslavl",
        title="Пледославль",
        goods="home",
        tone="тепло и по-домашнему, на «вы»",
        signature="Ваш «Пледославль»",
    ),
    Shop(
        key="kruzhkin",
        title="Кружкин и дочери",
        goods="kitchen",
        tone="бодро и коротко, на «вы»",
        signature="С уважением, «Кружкин и дочери»",
    ),
    Shop(
        key="polyn-i-mjata",
        title="Полынь и мята",
        goods="care",
        tone="спокойно и бережно, на «вы»",
        signature="Команда «Полынь и мята»",
    ),
)
ACCOUNT_KEYS = ("main", "outlet")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Who writes what: the same seed gives the same customers, whatever order they are asked for in."""

    seed: int = 2026
    per_account: int = 50

    @property
    def accounts(self) -> tuple[ShopAccount, ...]:
        return tuple(ShopAccount(shop, key) for shop in SHOPS for key in ACCOUNT_KEYS)

    def backlog(self, account: ShopAccount, now: float) -> Sequence[Story]:
        """What waited for an answer before the service came, oldest first; `now` is epoch seconds."""
        ages = random.Random(f"{self.seed}/{account.name}/ages")  # noqa: S311 - a repeatable world, not a secret
        written = sorted(now - ages.uniform(0.01, BACKLOG_DAYS) * DAY for _ in range(self.per_account))
        return [self.story(account, number, at) for number, at in enumerate(written)]

    def arrivals(self, account: ShopAccount, now: Callable[[], float]) -> Iterator[Story]:
        """Customers who come after the backlog, without end, each written at the moment it is taken."""
        for number in count(self.per_account):
            yield self.story(account, number, now())

    def story(self, account: ShopAccount, number: int, at: float) -> Story:
        """The account's customer of that number, had it written at `at` (epoch seconds)."""
        chance = random.Random(f"{self.seed}/{account.name}/{number}")  # noqa: S311 - as above
        pen = Pen(chance, texts(account.shop.goods), woman=chance.random() < _SHARE_WOMEN)
        author, product = _author(pen), pen.one("products")
        if chance.random() < _SHARE_QUESTIONS:
            return Story(SandboxCustomer("question", at, question(pen).text, author=author, product=product))
        letter = review(pen)
        photos = chance.randint(1, 4) if letter.text and chance.random() < _SHARE_PHOTOS else 0
        first = _customer(letter, SandboxCustomer("review", at, author=author, product=product, photos=photos))
        if not letter.text or letter.rating == 4 or chance.random() >= _SHARE_SUPPLEMENTS:
            return Story(first)
        return Story(first, _customer(supplement(pen, letter), replace(first, created_at=at + 1, photos=0)))


def _customer(letter: Letter, blank: SandboxCustomer) -> SandboxCustomer:
    return replace(blank, text=letter.text, pros=letter.pros, cons=letter.cons, rating=letter.rating)


def _author(pen: Pen) -> str:
    name = pen.one("women" if pen.woman else "men")
    return f"{name} {pen.one('initials')}" if name and pen.chance.random() < _SHARE_INITIAL else name
