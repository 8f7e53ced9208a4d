"""Chooses the rules that answer a request, and breaks their answer where a test ordered it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

from feedback_service.sandbox.model.ask import Ask
from feedback_service.sandbox.model.behaviour import DRAFT_ONLY, SENTIMENT_ONLY, WHOLE
from feedback_service.sandbox.model.drafting import DraftTask, compose, draft_task_in, shaped, spoil
from feedback_service.sandbox.model.schema import fill
from feedback_service.sandbox.model.sentiment import Wanted, classify, wanted_in

PLAIN_TEXT = "This is a rule-based stand-in: it classifies customers' reviews and drafts answers, nothing else."
TOO_LONG = 20_000
"""Characters of an answer that breaks every platform's limit."""


@dataclass(frozen=True, slots=True)
class Slip:
    """An ordered misbehaviour; `turn` counts such orders, so that neighbours differ."""

    kind: str = ""
    turn: int = 0


class Task(Protocol):
    @property
    def suffers(self) -> frozenset[str]:
        """The misbehaviours that make sense here."""

    def answer(self, slip: Slip) -> str: ...


@dataclass(frozen=True, slots=True)
class Classifying:
    ask: Ask
    wanted: Wanted
    suffers: frozenset[str] = WHOLE | SENTIMENT_ONLY

    def answer(self, slip: Slip) -> str:
        answer = classify(self.ask, self.wanted)
        found = answer[self.wanted.name]
        if isinstance(found, list) and found:
            if slip.kind == "lose_item":
                found.pop()
            if slip.kind == "foreign_item":
                found[-1] = dict(found[-1]) | {"id": _foreign(found[-1].get("id"))}
        return _json(answer)


@dataclass(frozen=True, slots=True)
class Drafting:
    ask: Ask
    task: DraftTask
    suffers: frozenset[str] = WHOLE | DRAFT_ONLY

    def answer(self, slip: Slip) -> str:
        text = compose(self.ask, self.task)
        match slip.kind:
            case "inject":
                text = spoil(self.task, text, slip.turn)
            case "too_long":
                text = (f"{text} " * TOO_LONG)[:TOO_LONG]
            case "empty":
                text = ""
        return _json(shaped(self.ask, text)) if self.ask.format.kind != "text" else text


@dataclass(frozen=True, slots=True)
class Anything:
    """A request that the rules do not know: the smallest answer of the right shape."""

    ask: Ask
    suffers: frozenset[str] = WHOLE

    def answer(self, slip: Slip) -> str:
        match self.ask.format.kind:
            case "json_schema":
                return _json(fill(self.ask.format.schema, self.ask.format.schema))
            case "json_object":
                return _json({"text": PLAIN_TEXT})
        return PLAIN_TEXT


def task_of(ask: Ask) -> Task:
    if wanted := wanted_in(ask):
        return Classifying(ask, wanted)
    if task := draft_task_in(ask):
        return Drafting(ask, task)
    return Anything(ask)


def _foreign(known: object) -> object:
    return 10**12 if isinstance(known, int) else "nobody-asked-about-this"


def _json(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)
