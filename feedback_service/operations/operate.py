"""A person's decisions over one feedback, each checked against its state and the supplier's rules before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus
from feedback_service.domain.errors import LostRace, NotAllowed
from feedback_service.domain.feedback import Feedback, FeedbackStatus
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.lifecycle import LIVE_DISPATCH
from feedback_service.domain.reply import Draft, DraftOrigin
from feedback_service.domain.supplier import Supplier
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
        if feedback.status not in BEFORE_APPROVAL:
            raise NotAllowed(f"feedback {id_} is {feedback.status}; withdraw it first, then edit it")
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
        because = hint or "a person wants another wording"
        to = FeedbackStatus.CLASSIFIED if feedback.classification else FeedbackStatus.COLLECTED
        change = Change(feedback=feedback, to=to, because=because, who=self.who, redrafts=1)
        await self._apply(change)
        return f"feedback {id_} will be drafted anew"

    async def withdraw(self, id_: FeedbackId) -> str:
        """Take an approved answer back before it is sent (it is held then); one that is held is left unanswered."""
        feedback = await self._get(id_)
        if feedback.status is FeedbackStatus.APPROVED:
            await self._withdraw_dispatch(feedback)
            return f"the answer to feedback {id_} is taken back; it is held now"
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
        self._judge(feedback, last.text)
        approval = Approval(last.text, last.action, last.previous_text)
        await self._apply(self._change(feedback, FeedbackStatus.APPROVED, "sent again by a person", approval))
        return f"feedback {id_} will be sent again; the platform is re-read first"

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
        there = feedback.item.answer
        approval = Approval(text, Action.EDIT, there.text) if there else Approval(text)
        await self._apply(self._change(feedback, FeedbackStatus.APPROVED, because, approval, draft))

    async def _hold(self, feedback: Feedback, draft: Draft) -> Feedback:
        change = self._change(feedback, FeedbackStatus.HELD, "worded by a person", draft=draft)
        await self._apply(change)
        return await self._get(feedback.id)

    async def _edit_published(self, feedback: Feedback, text: str) -> str:
        dispatches = await self.storage.outbox.of(feedback.id)
        last = next((one for one in reversed(dispatches) if one.status is DispatchStatus.CONFIRMED), None)
        if last is None:
            raise NotAllowed(f"feedback {feedback.id} was not answered by us; only our own answers can be edited")
        self._check_edit_window(dispatches)
        self._judge(feedback, text)
        approval = Approval(text, Action.EDIT, last.text)
        because = "a person corrects the published answer"
        draft = Draft(text, DraftOrigin.PERSON)
        await self._apply(self._change(feedback, FeedbackStatus.APPROVED, because, approval, draft))
        return f"the correction of feedback {feedback.id} will be sent to {self.spec.title}"

    def _check_edit_window(self, dispatches: Sequence[Dispatch]) -> None:
        title, window = self.spec.title, self.spec.edit_window
        if window is None:
            raise NotAllowed(f"{title} does not let answers be edited")
        edits = [one for one in dispatches if one.action is Action.EDIT and one.status is DispatchStatus.CONFIRMED]
        if self.spec.edits and len(edits) >= self.spec.edits:
            raise NotAllowed(f"{title} lets an answer be edited {self.spec.edits} time(s) only, and that is used up")
        first = next(one for one in dispatches if one.status is DispatchStatus.CONFIRMED)
        if first.sent_at and self.clock.now() - first.sent_at > window:
            raise NotAllowed(f"{title} lets an answer be edited within {window.days} days only")

    async def _withdraw_dispatch(self, feedback: Feedback) -> None:
        live = [one for one in await self.storage.outbox.of(feedback.id) if one.status in LIVE_DISPATCH]
        if not live or live[-1].status is not DispatchStatus.PENDING:
            raise NotAllowed(f"the answer to feedback {feedback.id} is on its way already; see: show {feedback.id}")
        outcome = Outcome(
            dispatch=live[-1],
            to=DispatchStatus.WITHDRAWN,
            because="taken back by a person",
            who=self.who,
            feedback_to=FeedbackStatus.HELD,
        )
        if await self.storage.outbox.settle([outcome]):
            raise LostRace(f"the answer to feedback {feedback.id} left in this moment; see: show {feedback.id}")

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
