"""A market: customers, the seller, the platform, persons at the command line, and processes that die."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import (
    AccountFault,
    FeedbackServiceError,
    LostRace,
    NotAllowed,
    Retryable,
    Unavailable,
)
from feedback_service.domain.feedback import AnswerState, Feedback, FeedbackStatus, Item, Kind, Review
from feedback_service.domain.identity import DispatchId, ItemId
from feedback_service.domain.lifecycle import LIVE_DISPATCH
from feedback_service.domain.pauses import FORGOTTEN
from feedback_service.domain.reply import Urgency
from feedback_service.domain.supplier import AnswerPolicy, Decision
from feedback_service.lexicon import Inspector
from feedback_service.pipeline.cabinet import SEVERAL
from feedback_service.pipeline.guard import judge_text
from feedback_service.storage.tables import WAITING
from tests.support.bazaar import Fault, Standing
from tests.support.clock import ManualClock
from tests.support.fake_model import FOUND
from tests.support.flow import question, review
from tests.support.mortal import Killed, MortalFlow

POLICY = AnswerPolicy(
    reviews={1: Decision.SKIP, 2: Decision.APPROVE, 3: Decision.AUTO, 4: Decision.AUTO, 5: Decision.AUTO},
    questions=Decision.AUTO,
    dismiss_skipped=True,
)
STRANGERS = 3
LACKING = Unavailable("not part of the subscription", "subscribe", retry_after=600.0)
FORBIDDEN = AccountFault("the login has not this right", "give it one")
LIMITED = Retryable("so many calls an hour", retry_after=900.0)
KIND_FAULTS: dict[str, FeedbackServiceError] = {"lacking": LACKING, "forbidden": FORBIDDEN, "limited": LIMITED}
UNDER_WAY = {FeedbackStatus.COLLECTED, FeedbackStatus.CLASSIFIED, FeedbackStatus.DRAFTED, FeedbackStatus.APPROVED}
COLLECT, CLASSIFY, DRAFT, GUARD, SEND, CONFIRM = range(6)
Problems = Sequence[FeedbackServiceError | None]
Work = Coroutine[object, object, object]
EXPECTED = (Killed, asyncio.CancelledError, NotAllowed, LostRace)


@dataclass(frozen=True)
class Turn:
    """The service at work: after `pause` seconds and with `fresh` reviews that have just been approved.

    `chosen` stages run, `writes` end as written, `seed` says who goes on when, and in the middle `jump` seconds pass.
    """

    pause: int = 0
    jump: int = 0
    fresh: int = 0
    chosen: Sequence[int] = ()
    writes: Sequence[Fault | None] = ()
    seed: int = 0


class Market:
    """Its methods with a sentence for a name are what may happen at any time, and what must hold at any time."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        MortalFlow.dice = random.Random(0)
        self.flow = MortalFlow(self.clock, POLICY)
        self.platform = self.flow.platform
        self.judged = 0
        self.thought = 0
        self.withdrawn: set[ItemId] = set()

    def close(self) -> None:
        self.loop.close()

    # customers and the seller

    def a_customer_reviews(self, stars: int, words: str):
        self.platform.show(review(f"r{len(self.platform.items)}", words, rating=stars))

    def a_customer_asks(self):
        self.platform.show(question(f"q{len(self.platform.items)}"))

    def a_customer_thinks_again(self, number: int):
        if item := self._item(number):
            self.thought += 1
            self.platform.show(replace(item, text=f"{item.text}, и ещё: {self.thought}"))

    def a_customer_takes_it_away(self, number: int):
        if item := self._item(number):
            self.platform.unlisted.add(item.item_id)
            self.platform.gone.add(item.item_id)

    def the_seller_answers_on_the_platform(self, number: int):
        item = self._item(number)
        if item and not self.platform.standing(item.item_id):
            self.platform.answer(item.item_id, Standing("Ответили в кабинете", self.clock.now(), ours=False))

    # the platform and the model

    def the_platform_changes_its_ways(self, state: AnswerState, lag: int):
        self.platform.state, self.platform.lag = state, timedelta(seconds=lag)

    def the_platform_moderates(self, number: int, state: AnswerState):
        if (item := self._item(number)) and self._is_moderated(item.item_id):
            self.platform.moderate(item.item_id, state, "не по правилам площадки")

    def the_model_will_write_badly(self, said: Sequence[str], urgent: bool):
        self.flow.model.said.extend(said)
        self.flow.model.found = replace(FOUND, urgency=Urgency.HIGH if urgent else Urgency.NORMAL)

    def a_kind_may_not_be_read(self, kind: Kind, why: str):
        self.platform.unreadable[kind] = KIND_FAULTS[why]

    def a_kind_may_not_be_written(self, kind: Kind, why: str):
        self.platform.unwritable[kind] = KIND_FAULTS[why]

    def every_kind_may_be_read_and_written(self):
        self.platform.unreadable.clear()
        self.platform.unwritable.clear()

    def somebody_signs_in_to_another_cabinet(self, turn: Turn):
        """For a while: then the right login is given back. Of fewer items than SEVERAL nothing could be told."""
        self._begin(turn)
        waiting = [one.item.kind for one in self._feedback() if one.status in WAITING]
        if sum(1 for kind in waiting if kind not in self.platform.unreadable) < SEVERAL:
            return
        ours, known, answers = self.platform.items, set(self.flow.store.feedback), self.platform.answers
        self.platform.items, self.platform.answers = {one.item_id: one for one in _strangers()}, {}
        self.flow.restart()
        for number in (COLLECT, SEND, CONFIRM, COLLECT):
            self._run(turn.seed, self.flow.stages[number].step())
        assert set(self.flow.store.feedback) == known, "a stranger's review was taken for ours"
        assert self.platform.answers == {}, "a stranger was answered"
        self.platform.items, self.platform.answers = ours, answers
        self.flow.store.signed_in_anew()
        self.flow.restart()

    # the service, and persons

    def everything_runs_in_order(self, turn: Turn, reads: Problems, thoughts: Problems):
        self._begin(turn)
        self.platform.away, self.flow.model.faults = deque(reads), deque(thoughts)
        for number in range(6):
            self._run(turn.seed, self.flow.stages[number].step())

    def stages_run_side_by_side(self, turn: Turn):
        self._begin(turn)
        self._run(turn.seed, *self._steps(turn), self._jump(turn))

    def two_processes_work_for_one_supplier(self, turn: Turn):
        self._begin(turn)
        first = self._steps(turn)
        self.flow.restart()
        self._run(turn.seed, *first, *self._steps(turn), self._jump(turn))

    def the_process_dies(self, turn: Turn, after: int):
        self._begin(turn)
        self.flow.life.dies_at = self.flow.life.moments + after
        self._run(turn.seed, *self._steps(turn))
        self.flow.restart()

    def the_process_is_told_to_end(self, turn: Turn, after: int):
        self._begin(turn)
        self.flow.life.broken_off_at = self.flow.life.moments + after
        self._run(turn.seed, self._broken_off(self._steps(turn)))
        self.flow.restart()

    def a_person_acts(self, number: int, name: str, text: str):
        self._run(0, self._operation(number, name, text))

    def a_person_acts_while_stages_run(self, turn: Turn, number: int, name: str, text: str):
        self._begin(turn)
        self._run(turn.seed, *self._steps(turn), self._operation(number, name, text), self._jump(turn))

    # what must hold at every moment

    def nobody_sees_two_answers_of_ours(self):
        for item_id in self.platform.items:
            ours = [one.text for one in self.platform.standing(item_id) if one.ours]
            assert len(ours) <= 1, f"{item_id} has {ours}"

    def nothing_was_written_that_was_no_longer_wanted(self):
        assert self.platform.wrongs == [], self.platform.wrongs

    def nothing_forbidden_was_written(self):
        for dispatch in self.platform.landed[self.judged :]:
            verdict = judge_text(dispatch.text, dispatch.ref.kind, self.flow.spec, self.flow.supplier, Inspector())
            assert verdict.clean, verdict.reason
        self.judged = len(self.platform.landed)

    def what_is_approved_is_on_its_way_and_only_that(self):
        live = [one.feedback_id for one in self.flow.store.dispatches.values() if one.status in LIVE_DISPATCH]
        approved = [one.id for one in self._feedback() if one.status is FeedbackStatus.APPROVED]
        assert sorted(live) == sorted(approved), f"on their way {live}, approved {approved}"

    def what_counts_as_answered_or_closed_is(self):
        for one in self._feedback():
            there = self.platform.standing(one.item.item_id)
            if one.status is FeedbackStatus.ANSWERED:
                assert any(each.state is AnswerState.VISIBLE for each in there), f"not answered: {one}"
            if one.status is FeedbackStatus.CLOSED:
                assert there or one.item.item_id in self.platform.gone, f"wrongly closed: {one}"
            if one.status in (FeedbackStatus.HELD, FeedbackStatus.SKIPPED):
                assert one.note, f"no reason: {one}"

    def nothing_was_dismissed_but_what_rules_or_persons_leave_unanswered(self):
        for ref in self.platform.dismissed:
            item = self.platform.items[ref.item_id]
            is_poor = isinstance(item, Review) and item.rating == 1
            assert is_poor or ref.item_id in self.withdrawn, f"dismissed: {item}"

    def check(self) -> None:
        """All that must hold at every moment."""
        self.nothing_was_dismissed_but_what_rules_or_persons_leave_unanswered()
        self.nobody_sees_two_answers_of_ours()
        self.nothing_was_written_that_was_no_longer_wanted()
        self.nothing_forbidden_was_written()
        self.what_is_approved_is_on_its_way_and_only_that()
        self.what_counts_as_answered_or_closed_is()

    def come_to_rest(self) -> None:
        """Nothing fails any more, moderation lets everything through, and everything has time."""
        self._begin(Turn())
        self.flow.model.said.clear()
        self.every_kind_may_be_read_and_written()
        self.platform.state = AnswerState.VISIBLE
        for item_id in self.platform.items:
            if self._is_moderated(item_id):
                self.platform.moderate(item_id, AnswerState.VISIBLE)
        self._run(0, self.flow.for_long(rounds=40))
        self.clock.pass_by(FORGOTTEN)
        self._run(0, self.flow.collect.step())

    def nothing_is_lost(self) -> None:
        """At rest: every item has an answer, or a person or the supplier's rules have decided otherwise."""
        assert self.flow.store.paused == {}, f"paused for ever: {self.flow.store.paused}"
        left = [one for one in self._feedback() if one.status in UNDER_WAY]
        assert left == [], f"not at rest: {left}"
        known = {one.item.item_id: one for one in self._feedback()}
        for item_id in self.platform.items.keys() - self.platform.gone:
            if not self.platform.standing(item_id):
                assert known[item_id].status in (FeedbackStatus.HELD, FeedbackStatus.SKIPPED), f"lost: {known[item_id]}"

    def _begin(self, turn: Turn) -> None:
        self.clock.pass_by(timedelta(seconds=turn.pause))
        self.platform.faults = deque(turn.writes)
        self.platform.away.clear()
        self.flow.model.faults.clear()
        if turn.fresh:
            for _ in range(turn.fresh):
                self.a_customer_reviews(5, "Хорошая кружка")
            for number in (COLLECT, CLASSIFY, DRAFT, GUARD):
                self._run(turn.seed, self.flow.stages[number].step())

    def _steps(self, turn: Turn) -> list[Work]:
        return [self.flow.stages[number].step() for number in turn.chosen]

    def _run(self, seed: int, *work: Work) -> None:
        self.flow.dice.seed(seed)
        self.loop.run_until_complete(self._together(work))

    async def _together(self, work: Sequence[Work]) -> None:
        ends = await asyncio.gather(*work, return_exceptions=True)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        ends += await asyncio.gather(*left, return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, EXPECTED):
                raise end

    async def _broken_off(self, steps: Sequence[Work]) -> None:
        """Cancelled somewhere in the middle: what had begun to be written is recorded before this ends."""
        before = self._being_sent()
        both = asyncio.gather(*steps, return_exceptions=True)
        self.flow.life.break_off = both.cancel
        with suppress(asyncio.CancelledError):
            await both
        assert self._being_sent() <= before, "a write under way was not recorded"

    async def _jump(self, turn: Turn) -> None:
        for _ in range(turn.seed % 30):
            await asyncio.sleep(0)
        self.clock.pass_by(timedelta(seconds=turn.jump))

    async def _operation(self, number: int, name: str, text: str) -> None:
        ids = sorted(self.flow.store.feedback)
        if not ids:
            return
        person, id_ = self.flow.person(), ids[number % len(ids)]
        if name in ("edit", "word and approve"):
            await person.edit(id_, text, approve=name != "edit")
            return
        if name == "withdraw":
            self.withdrawn.add(self.flow.store.feedback[id_].item.item_id)
        await getattr(person, name)(id_)

    def _being_sent(self) -> set[DispatchId]:
        return {one.id for one in self.flow.store.dispatches.values() if one.status is DispatchStatus.SENDING}

    def _feedback(self) -> Sequence[Feedback]:
        return list(self.flow.store.feedback.values())

    def _item(self, number: int) -> Item | None:
        present = [item for key, item in self.platform.items.items() if key not in self.platform.gone]
        return present[number % len(present)] if present else None

    def _is_moderated(self, item_id: ItemId) -> bool:
        return any(one.state is AnswerState.MODERATING for one in self.platform.standing(item_id)[-1:])


def _strangers() -> Sequence[Item]:
    return [review(f"stranger {number}") for number in range(STRANGERS)]
