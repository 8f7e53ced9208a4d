"""Writes one made-up customer's words: how glad, in what shape, from which sentences."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from feedback_service.sandbox.texts import Texts

_T = TypeVar("_T")

_BY_SEX = re.compile(r"\{(\w+)\|(\w+)\}")
_WORD = re.compile(r"\w{5}")
_RATINGS = {5: 52, 4: 14, 3: 10, 2: 8, 1: 16}
_LANGUAGES = {"kk": 10, "en": 3, "uz": 3, "be": 2, "de": 1, "tr": 1}
_SHARE_LOWERCASE = 0.12
_SHARE_EMOJI = 0.18
_SHARE_FOREIGN_QUESTIONS = 0.12


@dataclass(frozen=True, slots=True)
class Letter:
    """What a customer wrote; questions have no rating."""

    rating: int | None = None
    text: str = ""
    pros: str = ""
    cons: str = ""


@dataclass(frozen=True, slots=True)
class Pen:
    """A source of chance with the sentences to choose from; `woman` picks the form of "{пришла|пришёл}"."""

    chance: random.Random
    texts: Texts
    woman: bool

    def one(self, name: str) -> str:
        return self._said(self.chance.choice(self.texts[name]))

    def some(self, name: str, least: int, most: int) -> list[str]:
        """Different sentences of one list."""
        return [self._said(line) for line in self.chance.sample(self.texts[name], self.chance.randint(least, most))]

    def maybe(self, share: float, name: str) -> list[str]:
        return [self.one(name)] if self.chance.random() < share else []

    def weighed(self, weights: Mapping[_T, int]) -> _T:
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def _said(self, line: str) -> str:
        return _BY_SEX.sub(lambda forms: forms[1] if self.woman else forms[2], line)

    def foreign(self, name: str) -> str:
        return self.chance.choice(self.texts.other[self.weighed(_LANGUAGES)][name])


def review(pen: Pen) -> Letter:
    rating = pen.weighed(_RATINGS)
    letter = pen.weighed(_SHAPES)(pen, rating)
    return replace(letter, rating=rating, text=_styled(pen, letter.text, rating))


def question(pen: Pen) -> Letter:
    if pen.chance.random() < _SHARE_FOREIGN_QUESTIONS:
        return Letter(text=pen.foreign("questions"))
    greeting = pen.chance.choice(["", "", "", "Здравствуйте! ", "Добрый день! ", "Доброго дня. "])
    asked = " ".join(pen.some("questions", 1, 2))
    return Letter(text=greeting + asked + pen.chance.choice(["", "", "", " Спасибо!", " Заранее благодарю."]))


def supplement(pen: Pen, earlier: Letter) -> Letter:
    """What the same customer adds later: the wholly glad stay so, the others lose patience."""
    if earlier.rating == 5:
        return Letter(5, " ".join([pen.one("supplement_praise"), *pen.maybe(0.5, "praise")]))
    return Letter(1, " ".join([pen.one("supplement_blame"), *pen.maybe(0.5, "blame")]))


def _stars_only(pen: Pen, rating: int) -> Letter:
    return Letter()


def _odd(pen: Pen, rating: int) -> Letter:
    return Letter(text=pen.one("odd") if rating > 2 else pen.one("cross"))


def _short(pen: Pen, rating: int) -> Letter:
    return Letter(text=pen.one({1: "short_blame", 2: "short_blame", 3: "short_so_so"}.get(rating, "short_praise")))


def _plain(pen: Pen, rating: int) -> Letter:
    if rating in (3, 4) and (rating == 3 or pen.chance.random() < 0.5):
        return Letter(text=_mixed(pen))
    if rating >= 4:
        lines = [*pen.maybe(0.5, "opening"), *pen.some("praise", 1, 3), *pen.maybe(0.6, "happy_end")]
    elif pen.chance.random() < 0.1:
        lines = [pen.one("danger"), pen.one("angry_end")]
    else:
        lines = [*pen.maybe(0.4, "opening"), *pen.some("blame", 1, 3), *pen.maybe(0.7, "angry_end")]
    return Letter(text=" ".join(lines))


def _long(pen: Pen, rating: int) -> Letter:
    names = ("praise", "happy_end") if rating >= 4 else ("blame", "angry_end")
    story = [*pen.some("story", 1, 3), *(pen.some("glad_story", 1, 2) if rating >= 4 else [])]
    lines = [pen.one("opening"), *story, *pen.some(names[0], 3, 5)]
    if rating in (2, 3, 4):
        lines.append(_but(pen, " ".join(lines)))
    return Letter(text=" ".join([*lines, pen.one(names[1])]))


def _pros_and_cons(pen: Pen, rating: int) -> Letter:
    pros = ", ".join(pen.some("pros", 1, 3)) if rating >= 3 else pen.one("small_pros")
    cons = pen.one("small_cons") if rating >= 4 else ", ".join(pen.some("cons", 1, 3))
    text = _plain(pen, rating).text if pen.chance.random() < 0.6 else ""
    return Letter(text=text, pros=pros, cons=cons)


def _foreign(pen: Pen, rating: int) -> Letter:
    return Letter(text=pen.foreign("praise" if rating >= 4 else "blame"))


def _mixed(pen: Pen) -> str:
    praise = pen.one("praise")
    return f"{praise} {_but(pen, praise)}"


def _but(pen: Pen, said: str) -> str:
    """A reservation about something that was not praised a moment ago."""
    praised = set(_WORD.findall(said.lower()))
    fitting = [line for line in pen.some("blame", 8, 8) if not praised & set(_WORD.findall(line.lower()))]
    blame = (fitting or [pen.one("blame")])[0]
    return f"{pen.one('bridge')} {blame[0].lower()}{blame[1:]}"


_SHAPES: dict[Callable[[Pen, int], Letter], int] = {
    _stars_only: 14,
    _odd: 3,
    _short: 16,
    _plain: 40,
    _long: 8,
    _pros_and_cons: 10,
    _foreign: 9,
}


def _styled(pen: Pen, text: str, rating: int) -> str:
    """The text as people type: some in small letters, some with emoji, the very cross in capitals."""
    if not text:
        return text
    if rating == 1 and pen.chance.random() < 0.06:
        return text.upper() + "!!!"
    if pen.chance.random() < _SHARE_LOWERCASE:
        text = text.lower().rstrip(".!")
    if rating != 3 and pen.chance.random() < _SHARE_EMOJI:
        text = f"{text} {pen.one('joyful' if rating > 3 else 'cross')}"
    return text
