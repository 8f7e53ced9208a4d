"""What the stand-in understands of one customer's words: sentiment, topics, urgency, by rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feedback_service.sandbox.model.lexicon import lexicon
from feedback_service.sandbox.model.tongue import language_of, words_of

MOST_TOPICS = 3
_NOTHING = frozenset(
    {"нет", "нету", "никаких", "не нашла", "не нашел", "не нашёл", "не обнаружено", "no", "none", "жоқ"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A customer's item as found in a prompt; fields that the prompt does not name are empty."""

    kind: str = "review"
    rating: int | None = None
    text: str = ""
    pros: str = ""
    cons: str = ""

    @property
    def all(self) -> str:
        return "\n".join(part for part in (self.text, self.pros, self.cons) if part)


@dataclass(frozen=True, slots=True)
class Reading:
    sentiment: str
    topics: tuple[str, ...]
    language: str
    urgency: str
    needs_person: bool


def words_in(item: Mapping[str, object]) -> Words:
    """Read an item of a prompt's document, whatever else it holds."""
    rating = item.get("rating")
    kind, text, pros, cons = (str(item.get(name) or "") for name in ("kind", "text", "pros", "cons"))
    stars = rating if isinstance(rating, int) and 1 <= rating <= 5 else None
    return Words(kind=kind or "review", rating=stars, text=text, pros=pros, cons=cons)


def understand(words: Words) -> Reading:
    found = words_of(words.all)
    praise, blame = _weigh(words)
    sentiment = _sentiment(words, praise, blame)
    danger = sentiment != "positive" and any(map(lexicon().danger.match, found))
    dispute = sentiment != "positive" and any(map(lexicon().dispute.match, found))
    return Reading(
        sentiment=sentiment,
        topics=_topics(found),
        language=language_of(words.all),
        urgency="high" if danger else "low" if sentiment == "positive" else "normal",
        needs_person=danger or dispute,
    )


def _weigh(words: Words) -> tuple[int, int]:
    """How many words praise and how many blame; a negation turns its neighbour around."""
    praise, blame = _count(words.text)
    if words.pros and words.pros.strip(" .!").lower() not in _NOTHING:
        praise += 1
    if words.cons and words.cons.strip(" .!").lower() not in _NOTHING:
        blame += 1
    return praise, blame


def _count(text: str) -> tuple[int, int]:
    known, found = lexicon(), words_of(text)
    praise = blame = 0
    for place, word in enumerate(found):
        good, bad = known.positive.match(word), known.negative.match(word)
        if good == bad:
            continue
        near = set(found[max(0, place - 2) : place])
        turned = bool(near & known.negates_next) or (
            place + 1 < len(found) and found[place + 1] in known.negates_previous
        )
        if good != turned:
            praise += 1
        else:
            blame += 1
    return praise, blame


def _sentiment(words: Words, praise: int, blame: int) -> str:
    stars = words.rating
    if stars is None:
        if words.kind == "question" or praise == blame == 0:
            return "negative" if blame > praise + 1 else "neutral"
        return "mixed" if praise and blame else "positive" if praise else "negative"
    if stars >= 4:
        return "mixed" if blame > praise or (stars == 4 and blame and praise) else "positive"
    if stars <= 2:
        return "mixed" if praise > blame + 1 else "negative"
    if praise and blame:
        return "mixed"
    return "negative" if blame else "neutral"


def _topics(found: list[str]) -> tuple[str, ...]:
    counts = {topic: sum(map(stems.match, found)) for topic, stems in lexicon().topics.items()}
    ranked = sorted((topic for topic, count in counts.items() if count), key=lambda topic: -counts[topic])
    return tuple(ranked[:MOST_TOPICS])
