"""One login of Yandex Business, behind the port that every platform fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Configuration, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Item, Kind, Review, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_business import facts
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.collecting import Collecting
from feedback_service.platforms.yandex_business.cookies import Jar
from feedback_service.platforms.yandex_business.history import History
from feedback_service.platforms.yandex_business.organisations import Organisations
from feedback_service.platforms.yandex_business.sighting import Glance, Sighter
from feedback_service.ports.platform import Access, Fact, HistoryPage, PlatformSpec, Span
from feedback_service.transports.http import Http
from feedback_service.transports.throttle import Budget, Throttle

BUDGET = Budget(1.0, 4)
"""No limit is published; another program worked at about one request a second for long."""
FRESH = timedelta(seconds=10)
"""How old a look may be on which a write is begun: a write takes the place of whatever stands there by then."""
STALE = timedelta(seconds=20)
"""How old it may be when the write leaves: before that, others have their turns, and a token may have to be got."""
GONE = "the cabinet does not show the review any more"
OUT_OF_REACH = "the review is out of reach: below the last 600, or not found yet among the organisations"


@dataclass(frozen=True, slots=True, kw_only=True)
class YandexBusinessConnector:
    """Reads and answers the reviews of the organisations of one login."""

    spec: PlatformSpec
    client: YandexBusinessClient
    organisations: Organisations
    collecting: Collecting
    sighter: Sighter
    seen: dict[ItemId, Glance] = field(default_factory=dict)

    @classmethod
    def open(cls, spec: PlatformSpec, access: Access) -> YandexBusinessConnector:
        """Prepare an account without a network call. Raises Configuration for organisations that are no numbers."""
        if access.sessions is None:
            raise Configuration(f"{access.label}: {spec.title} needs the session of its cabinet")
        named = _named(access)
        base_url = access.base_url or spec.base_url
        parts = urlsplit(base_url)
        origin = f"{parts.scheme}://{parts.netloc}"
        client = YandexBusinessClient(
            http=Http(
                base_url, {"X-Requested-With": "XMLHttpRequest", "Origin": origin, "Referer": f"{origin}/sprav/"}
            ),
            throttle=Throttle(BUDGET, access.clock),
            jar=Jar(access.sessions, parts.hostname or "", access.clock),
            clock=access.clock,
        )
        organisations, homes = Organisations(client, named), dict[ItemId, str]()
        return cls(
            spec=spec,
            client=client,
            organisations=organisations,
            collecting=Collecting(client, organisations, homes),
            sighter=Sighter(client, organisations, homes),
        )

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """All reviews that wait for an answer; see `Collecting`. There are no questions here."""
        if kind is Kind.REVIEW:
            async for page in self.collecting.pages():
                yield page

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """What customers wrote in the span, as far as the cabinet still shows it; see `History`."""
        if kind is Kind.REVIEW:
            homes = self.collecting.homes
            history = History(client=self.client, organisations=self.organisations, homes=homes, span=span)
            async for page in history.pages(cursor):
                yield page

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there now; see `Sighter`."""
        glances = await self._looked(refs)
        now = self.client.clock.now()
        return {
            item_id: Sighting(glance.row.review, glance.seen_at) if glance else Sighting(None, now)
            for item_id, glance in glances.items()
        }

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Write once, after a look: where an answer stands that is not the one to be edited, nothing is written.

        Such an answer is Retryable, as the look before the next attempt judges it by the same rules as always.
        """
        self._require_length(dispatch)
        glance = await self._glance(dispatch)
        if glance is None:
            raise Refused(GONE)
        if not self._stands_already(dispatch, glance.row.review):
            await self._write(glance, dispatch.text)
        return Receipt(self.client.clock.now())

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our answer, or put back the text before an edit; whatever is not our text is left alone."""
        glance = await self._glance(dispatch)
        answer = glance.row.review.answer if glance else None
        if glance is None or answer is None or not same_text(answer.text, dispatch.text):
            return
        if dispatch.action is Action.EDIT and _is_blank(dispatch.previous_text):
            raise Refused("the text before the edit is not known, and an empty one would delete the answer")
        await self._write(glance, dispatch.previous_text if dispatch.action is Action.EDIT else "")

    async def check(self) -> Sequence[Fact]:
        """The session, the organisations, and one list of reviews."""
        return await facts.of_account(self.client, self.organisations)

    async def close(self) -> None:
        await self.client.http.close()

    async def _looked(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Glance | None]:
        glances = await self.sighter.glances(refs)
        oldest = self.client.clock.now() - FRESH
        for item_id in [one for one, glance in self.seen.items() if glance.seen_at < oldest]:
            del self.seen[item_id]
        self.seen.update({item_id: glance for item_id, glance in glances.items() if glance})
        return glances

    async def _glance(self, dispatch: Dispatch) -> Glance | None:
        """The review as it was seen within FRESH; None where it is gone. Raises Retryable where it is out of reach."""
        item_id = dispatch.ref.item_id
        glance = self.seen.get(item_id)
        if glance is None or glance.seen_at < self.client.clock.now() - FRESH:
            glances = await self._looked([dispatch.ref])
            if item_id not in glances:
                raise Retryable(OUT_OF_REACH)
            glance = glances[item_id]
        return glance

    def _stands_already(self, dispatch: Dispatch, review: Review) -> bool:
        """Whether there is nothing to write. Raises Retryable or Refused where nothing may be written."""
        answer = review.answer
        if answer is not None and answer.state is not AnswerState.REJECTED and same_text(answer.text, dispatch.text):
            return True
        if dispatch.action is Action.EDIT:
            before = dispatch.previous_text
            if answer is None or (before and not same_text(answer.text, before)):
                raise Refused("the answer to be edited is not there, or reads otherwise by now")
            return False
        if answer is not None and answer.state is not AnswerState.REJECTED:
            raise Retryable("an answer stands there by now")
        if dispatch.fingerprint and dispatch.fingerprint != fingerprint(review):
            raise Retryable("the customer has changed the review since")
        return False

    async def _write(self, glance: Glance, text: str) -> None:
        """The look that it relies on is used up, however it ends."""
        self.seen.pop(glance.row.review.item_id, None)
        await self.client.answer(glance.row, text, glance.seen_at + STALE)

    def _require_length(self, dispatch: Dispatch) -> None:
        """A blank text counts as the empty one that it is to the cabinet: it would delete the answer."""
        self.spec.reply_limits[Kind.REVIEW].require("" if _is_blank(dispatch.text) else dispatch.text)


def _is_blank(text: str) -> bool:
    """Also of signs that nobody sees: the cabinet takes an empty text for a deletion."""
    return same_text(text, "")


def _named(access: Access) -> tuple[str, ...]:
    parts = [part.strip() for part in access.credentials.get("permanent_id", "").split(",")]
    named = tuple(dict.fromkeys(part for part in parts if part))
    if wrong := [part for part in named if not (part.isascii() and part.isdigit() and len(part) < 20)]:
        raise Configuration(f"{access.label}: permanent_id must be numbers separated by commas, not {wrong[0][:40]!r}")
    return named
