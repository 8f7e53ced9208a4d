"""A person's decisions over one feedback, each checked against its state and the supplier's rules before it counts."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.domain.dispatch import Action, DispatchStatus
from feedback_service.domain.errors import LostRace, NotAllowed
from feedback_service.domain.feedback import Feedback, FeedbackStatus, fingerprint
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.lifecycle import LIVE_DISPATCH
from feedback_service.domain.policy import decide
from feedback_service.domain.reply import Draft, DraftOrigin
from feedback_service.domain.supplier import Decision, Supplier
from feedback_service.operations.corrections import approval_of, check_correction, published
from feedback_service.pipeline.guard import judge_text
from feedback_service.ports.clock import Clock
from feedback_service.ports.language import TextInspector
from feedback_service.ports.platform import PlatformSpec
from feedback_service.ports.storage import Approval, Change, Outcome, SupplierStorage

BEFORE_APPROVAL = frozenset(
    {FeedbackStatus.COLLECTED, FeedbackStatus.CLASSIFIED, FeedbackStatus.DRAFTED, FeedbackStatus.HELD}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """Acts for `who` on one supplier's feedback.

    Every method returns the sentence for the person who asked. All raise NotAllowed where the item's state, the
    platform or the supplier's rules forbid it, and LostRace where the item changed in the same moment.
    """

    supplier: Supplier
    spec: PlatformSpec
    storage: SupplierStorage
    inspector: TextInspector
    clock: Clock
    who: str

    async def approve(self, id_: FeedbackId) -> str:
        """Let the proposed text go out as it stands."""
        feedback = await self._in(id_, frozenset({FeedbackStatus.HELD}), "approved")
        if feedback.draft is None:
            raise NotAllowed(f"feedback {id_} has no text to approve; write one with: edit {id_} --text …")
        await self._approve(feedback, feedback.draft.text, "approved by a person")
        return f"feedback {id_} is approved and will be sent"

    async def edit(self, id_: FeedbackId, text: str, *, approve: bool = False) -> str:
        """Replace the proposed text; of an answer that is published already, send an edit to the platform."""
        feedback = await self._get(id_)
        if feedback.status is FeedbackStatus.ANSWERED:
            return await self._edit_published(feedback, text)
        if feedback.status is FeedbackStatus.APPROVED:
            raise NotAllowed(f"feedback {id_} is {feedback.status}; withdraw it first, then edit it")
        if feedback.status not in BEFORE_APPROVAL | {FeedbackStatus.SKIPPED}:
            raise NotAllowed(f"feedback {id_} is {feedback.status}; there is nothing to edit")
        self._judge(feedback, text)
        draft = Draft(text, DraftOrigin.PERSON)
        if approve:
            held = feedback if feedback.status is FeedbackStatus.HELD else await self._hold(feedback, draft)
            await self._approve(held, text, "worded and approved by a person", draft)
            return f"feedback {id_} has a new text, is approved and will be sent"
        await self._hold(feedback, draft)
        return f"feedback {id_} has a new text and waits for: approve {id_}"

    async def hold(self, id_: FeedbackId) -> str:
        """Stop the item before anything is sent; a person decides later."""
        feedback = await self._get(id_)
        if feedback.status is FeedbackStatus.APPROVED:
            return await self.withdraw(id_)
        if feedback.status not in BEFORE_APPROVAL:
            raise NotAllowed(f"feedback {id_} is {feedback.status}; there is nothing to hold")
        await self._apply(self._change(feedback, FeedbackStatus.HELD, "held by a person"))
        return f"feedback {id_} is held"

    async def redraft(self, id_: FeedbackId, hint: str = "") -> str:
        """Ask for another draft, with the person's hint for the drafter."""
        allowed = frozenset({FeedbackStatus.HELD, FeedbackStatus.DRAFTED, FeedbackStatus.SKIPPED})
        feedback = await self._in(id_, allowed, "redrafted")
        if decide(self.supplier.policy, feedback.item, self.clock.now()) is Decision.SKIP:
            raise NotAllowed(f"the rules skip items like feedback {id_}; word it yourself with: edit {id_} --text …")
        because = hint or "a person wants another wording"
        to = FeedbackStatus.CLASSIFIED if feedback.classification else FeedbackStatus.COLLECTED
        change = Change(feedback=feedback, to=to, because=because, who=self.who, redrafts=1)
        await self._apply(change)
        return f"feedback {id_} will be drafted anew"

    async def withdraw(self, id_: FeedbackId) -> str:
        """Take back an approved answer, or a correction, before it is sent; what is held is left unanswered."""
        feedback = await self._get(id_)
        if feedback.status is FeedbackStatus.APPROVED:
            to = await self._withdraw_dispatch(feedback)
            return f"the answer to feedback {id_} is taken back; it is {to} now"
        if feedback.status not in BEFORE_APPROVAL:
            raise NotAllowed(f"feedback {id_} is {feedback.status}; there is nothing to withdraw")
        await self._apply(self._change(feedback, FeedbackStatus.SKIPPED, "a person wants no answer"))
        return f"feedback {id_} will not be answered"

    async def resend(self, id_: FeedbackId) -> str:
        """Send the text of the last delivery again, after it was refused or did not show."""
        feedback = await self._in(id_, frozenset({FeedbackStatus.HELD}), "sent again")
        dispatches = await self.storage.outbox.of(id_)
        if not dispatches:
            raise NotAllowed(f"feedback {id_} was never sent; let it go with: approve {id_}")
        last = dispatches[-1]
        if last.action is Action.ANSWER and last.fingerprint != fingerprint(feedback.item):
            raise NotAllowed(f"feedback {id_} was edited by its customer since; see: show {id_}, then: approve {id_}")
        self._judge(feedback, last.text)
        approval = approval_of(last.text, feedback, dispatches)
        await self._apply(self._change(feedback, FeedbackStatus.APPROVED, "sent again by a person", approval))
        return f"feedback {id_} will be sent again; the platform is re-read first"

    async def retract(self, id_: FeedbackId, because: str = "") -> str:
        """Take our published answer off the platform; of a correction, put the text before back in its place."""
        await self._in(id_, frozenset({FeedbackStatus.ANSWERED}), "retracted")
        if not self.spec.retracts:
            raise NotAllowed(f"{self.spec.title} does not let answers be taken away")
        last = published(await self.storage.outbox.of(id_))
        if last is None or last.status is not DispatchStatus.CONFIRMED:
            raise NotAllowed(f"feedback {id_} was not answered by us; only our own answers can be retracted")
        outcome = Outcome(
            dispatch=last,
            to=DispatchStatus.RETRACTING,
            because=because or "a person takes the answer away",
            who=self.who,
            feedback_to=FeedbackStatus.APPROVED,
        )
        if await self.storage.outbox.settle([outcome]):
            raise LostRace(f"feedback {id_} changed in this moment; look at it again and repeat")
        return f"the answer to feedback {id_} will be taken off {self.spec.title}"

    async def _get(self, id_: FeedbackId) -> Feedback:
        feedback = await self.storage.feedback.get(id_)
        if feedback is None:
            raise NotAllowed(f"there is no feedback {id_}; list them with: feedback list")
        return feedback

    async def _in(self, id_: FeedbackId, allowed: frozenset[FeedbackStatus], deed: str) -> Feedback:
        feedback = await self._get(id_)
        if feedback.status not in allowed:
            names = " or ".join(sorted(allowed))
            raise NotAllowed(f"feedback {id_} is {feedback.status}; only what is {names} can be {deed}")
        return feedback

    def _judge(self, feedback: Feedback, text: str) -> None:
        verdict = judge_text(text, feedback.item.kind, self.spec, self.supplier, self.inspector)
        if not verdict.clean:
            raise NotAllowed(f"this text breaks the rules: {verdict.reason}")

    async def _approve(self, feedback: Feedback, text: str, because: str, draft: Draft | None = None) -> None:
        self._judge(feedback, text)
        approval = approval_of(text, feedback, await self.storage.outbox.of(feedback.id))
        await self._apply(self._change(feedback, FeedbackStatus.APPROVED, because, approval, draft))

    async def _hold(self, feedback: Feedback, draft: Draft) -> Feedback:
        change = self._change(feedback, FeedbackStatus.HELD, "worded by a person", draft=draft)
        await self._apply(change)
        return await self._get(feedback.id)

    async def _edit_published(self, feedback: Feedback, text: str) -> str:
        dispatches = await self.storage.outbox.of(feedback.id)
        last = published(dispatches)
        if last is None:
            raise NotAllowed(f"feedback {feedback.id} was not answered by us; only our own answers can be edited")
        check_correction(dispatches, self.spec, self.clock.now())
        self._judge(feedback, text)
        approval = Approval(text, Action.EDIT, last.text)
        because = "a person corrects the published answer"
        draft = Draft(text, DraftOrigin.PERSON)
        await self._apply(self._change(feedback, FeedbackStatus.APPROVED, because, approval, draft))
        return f"the correction of feedback {feedback.id} will be sent to {self.spec.title}"

    async def _withdraw_dispatch(self, feedback: Feedback) -> FeedbackStatus:
        """Take back what was not begun; a correction leaves the answer standing that it was made for."""
        dispatches = await self.storage.outbox.of(feedback.id)
        live = [one for one in dispatches if one.status in LIVE_DISPATCH]
        if not live or live[-1].status is not DispatchStatus.PENDING:
            raise NotAllowed(f"the answer to feedback {feedback.id} is on its way already; see: show {feedback.id}")
        correction = live[-1].action is Action.EDIT and feedback.item.answer is None
        answered = correction and published(dispatches[:-1]) is not None
        to = FeedbackStatus.ANSWERED if answered else FeedbackStatus.HELD
        because = "taken back by a person"
        withdrawn = DispatchStatus.WITHDRAWN
        outcome = Outcome(dispatch=live[-1], to=withdrawn, because=because, who=self.who, feedback_to=to)
        if await self.storage.outbox.settle([outcome]):
            raise LostRace(f"the answer to feedback {feedback.id} left in this moment; see: show {feedback.id}")
        return to

    def _change(
        self,
        feedback: Feedback,
        to: FeedbackStatus,
        because: str,
        approve: Approval | None = None,
        draft: Draft | None = None,
    ) -> Change:
        return Change(feedback=feedback, to=to, because=because, who=self.who, approve=approve, draft=draft)

    async def _apply(self, change: Change) -> None:
        if await self.storage.feedback.apply([change]):
            raise LostRace(f"feedback {change.feedback.id} changed in this moment; look at it again and repeat")
