"""Ozon's own ways: subscriptions, keys, versions, moderation without a memory, retractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from feedback_service.domain.confirmation import is_retracted, same_text
from feedback_service.domain.dispatch import Action, ItemRef
from feedback_service.domain.errors import AccountFault, Configuration, InDoubt, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import AnswerState, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon import SPEC, connect
from feedback_service.ports.platform import Access, Connector, Dismisser, Fact
from feedback_service.sandbox.faults import Fault
from tests.support.fake_ozon import FakeOzon, connector_of, refused
from tests.support.platforms import Stand, stand
from tests.support.sandbox import HandClock

TEXT = "Спасибо за отзыв!"
OZON = "ozon"
FREE: dict[str, object] = {"rate": 1e6, "burst": 1_000_000}
KINDS = pytest.mark.parametrize("kind", list(Kind))


def restarted(shop: Stand, **changes: str) -> Connector:
    """The same account in a new process, which remembers nothing; with other credentials where asked."""
    credentials = {**shop.credentials, **changes}
    access = Access(label="berezka/ozon", base_url=shop.sandbox.url_of(OZON), credentials=credentials, clock=shop.clock)
    return connect(access)


def failing(facts: Sequence[Fact]) -> list[str]:
    return [fact.subject for fact in facts if not fact.ok]


@pytest.mark.parametrize(
    ("missing", "kind", "other"),
    [("reviews", Kind.REVIEW, Kind.QUESTION), ("questions", Kind.QUESTION, Kind.REVIEW)],
)
async def test_a_missing_subscription_closes_one_kind_and_not_the_other(missing: str, kind: Kind, other: Kind) -> None:
    async with stand(OZON, kind, {**FREE, missing: False}) as shop:
        item_id = shop.customer()

        with pytest.raises(Unavailable, match="Premium"):
            await shop.collect()
        with pytest.raises(Unavailable):
            await shop.answer(item_id, TEXT)

        assert [page async for page in shop.connector.unanswered(other)] == []
        assert failing(await shop.connector.check()) == [f"subscription for {kind}s"]


@pytest.mark.parametrize(
    ("options", "subject"),
    [({"deactivated": True}, "login"), ({"expires_in": 86400.0}, ""), ({"roles": ["Product"]}, "key rights")],
)
async def test_check_tells_what_is_wrong_with_a_key(options: dict[str, object], subject: str) -> None:
    async with stand(OZON, Kind.REVIEW, {**FREE, **options}) as shop:
        facts = await shop.connector.check()

    assert failing(facts)[:1] == ([subject] if subject else [])
    assert all(fact.remedy for fact in facts if not fact.ok)
    if not subject:
        assert any(fact.finding.startswith("WARNING: expires on") for fact in facts)


@pytest.mark.parametrize("wrong", [{"client_id": "1"}, {"api_key": "of-somebody-else"}])
async def test_a_wrong_pair_of_client_id_and_key_is_the_account_s_fault(wrong: dict[str, str]) -> None:
    async with stand(OZON, Kind.REVIEW, FREE) as shop:
        other = restarted(shop, **wrong)

        with pytest.raises(AccountFault, match="Настройки → Seller API"):
            [page async for page in other.unanswered(Kind.REVIEW)]
        await other.close()


@KINDS
@pytest.mark.parametrize("wrong", [{"client_id": "1"}, {"api_key": "of-somebody-else"}])
async def test_a_wrong_pair_is_never_taken_for_an_item_that_is_gone(kind: Kind, wrong: dict[str, str]) -> None:
    async with stand(OZON, kind, FREE) as shop:
        item_id = shop.customer()
        dispatch = replace(shop.dispatch(item_id, TEXT), receipt_id="c-1")
        other = restarted(shop, **wrong)

        for work in (other.sight([dispatch.ref]), other.retract(dispatch), other.publish(dispatch)):
            with pytest.raises(AccountFault, match="Client-Id and Api-Key"):
                await work
        await other.close()

        assert shop.ledger(item_id).writes == ()


@pytest.mark.parametrize(
    ("role", "open_kind", "closed"),
    [("Review", Kind.REVIEW, Kind.QUESTION), ("Question", Kind.QUESTION, Kind.REVIEW)],
)
async def test_a_key_with_one_role_works_with_that_kind(role: str, open_kind: Kind, closed: Kind) -> None:
    async with stand(OZON, open_kind, {**FREE, "roles": [role]}) as shop:
        item_id = shop.customer()

        await shop.answer((await shop.collect())[0].item_id, TEXT)
        with pytest.raises(Unavailable, match="role"):
            [page async for page in shop.connector.unanswered(closed)]

        assert shop.ledger(item_id).visible == TEXT
        assert failing(await shop.connector.check()) == ["key rights", f"subscription for {closed}s"]


@KINDS
async def test_the_api_of_last_april_is_worked_with_as_well(kind: Kind) -> None:
    async with stand(OZON, kind, {**FREE, "spec": "2026-04"}) as shop:
        ids = [shop.customer(f"№ {number}", age=500 - number) for number in range(25)]

        assert sorted(item.item_id for item in await shop.collect()) == sorted(ids)
        await shop.answer(ids[0], TEXT)

        seen = (await shop.see(ids[0])).answer
        assert seen is not None
        assert (same_text(seen.text, TEXT), seen.state) == (True, AnswerState.VISIBLE)


@KINDS
@pytest.mark.parametrize("shape", ["string_int64", "string_code", "empty_object"])
async def test_every_shape_of_numbers_and_of_nothing_is_understood(kind: Kind, shape: str) -> None:
    async with stand(OZON, kind, {**FREE, shape: True}) as shop:
        item_id = shop.customer()

        (item,) = await shop.collect()
        await shop.answer(item_id, TEXT)
        await shop.connector.retract(shop.dispatch(item, TEXT))

        assert (await shop.see(item_id)).answer is None


@KINDS
async def test_the_usual_budget_is_kept_without_a_refusal(kind: Kind) -> None:
    async with stand(OZON, kind, {}) as shop:
        for number in range(120):
            shop.customer(age=500 - number)

        items = await shop.collect()
        await shop.connector.sight([shop.ref(item.item_id) for item in items])

        assert len(items) == 120
        assert shop.sandbox.summary().limited == 0


@KINDS
async def test_an_answer_under_moderation_is_seen_by_a_process_that_did_not_write_it(kind: Kind) -> None:
    async with stand(OZON, kind, FREE) as shop:
        item_id = shop.customer()
        shop.plan("moderate", verdict="approve", delay=100)
        await shop.answer(item_id, TEXT)
        later = restarted(shop)

        waiting = (await later.sight([shop.ref(item_id)]))[item_id].answer
        shop.clock.advance(101)
        decided = (await later.sight([shop.ref(item_id)]))[item_id].answer
        await later.close()

        assert waiting is not None
        assert decided is not None
        assert (waiting.state, decided.state, decided.text) == (AnswerState.MODERATING, AnswerState.VISIBLE, TEXT)


@KINDS
@pytest.mark.parametrize("remembers", [True, False])
async def test_an_answer_is_taken_away_and_the_item_waits_again(kind: Kind, remembers: bool) -> None:
    async with stand(OZON, kind, FREE) as shop:
        item_id = shop.customer()
        (item,) = await shop.collect()
        receipt = await shop.connector.publish(shop.dispatch(item, TEXT))
        dispatch = replace(shop.dispatch(item, TEXT), receipt_id=receipt.platform_id if remembers else "")
        account = shop.connector if remembers else restarted(shop)

        await account.retract(dispatch)
        await account.retract(dispatch)

        assert (await account.sight([shop.ref(item_id)]))[item_id].answer is None
        assert [item.item_id for item in await shop.collect()] == [item_id]
        assert shop.ledger(item_id).visible is None
        if not remembers:
            await account.close()


@KINDS
async def test_somebody_else_s_answer_is_left_alone_and_a_person_is_told(kind: Kind) -> None:
    async with stand(OZON, kind, FREE) as shop:
        item_id = shop.customer()
        (item,) = await shop.collect()
        await shop.connector.publish(shop.dispatch(item, "Это написал человек"))
        other = restarted(shop)

        with pytest.raises(Refused, match="reads otherwise"):
            await other.retract(shop.dispatch(item, TEXT))
        await other.close()

        assert shop.ledger(item_id).visible == "Это написал человек"


@KINDS
@pytest.mark.parametrize("remembers", [True, False])
async def test_an_item_waits_again_although_only_the_deletion_came_through_at_first(
    kind: Kind, remembers: bool
) -> None:
    async with stand(OZON, kind, FREE) as shop:
        item_id = shop.customer()
        (item,) = await shop.collect()
        receipt = await shop.connector.publish(shop.dispatch(item, TEXT))
        dispatch = replace(shop.dispatch(item, TEXT), receipt_id=receipt.platform_id)
        shop.sandbox.faults.add(Fault("server_error", match="/change-status", count=1))
        with pytest.raises(InDoubt):
            await shop.connector.retract(dispatch)
        assert shop.ledger(item_id).visible is None
        account = shop.connector if remembers else restarted(shop)

        still = (await account.sight([shop.ref(item_id)]))[item_id]
        await account.retract(dispatch)

        assert not is_retracted(dispatch, still)
        assert is_retracted(dispatch, (await account.sight([shop.ref(item_id)]))[item_id])
        assert [item.item_id for item in await shop.collect()] == [item_id]
        if not remembers:
            await account.close()


async def test_an_item_with_nothing_left_to_delete_waits_again_as_well() -> None:
    """An earlier process deleted the answer, of which no id is known, and came no further."""
    row = {"id": "r-1", "sku": 7, "published_at": "2026-07-01T10:00:00Z", "status": "PROCESSED", "comments_amount": 1}
    declined = {"id": "c-1", "text": "Прежний", "is_owner": True, "is_rejected": True}
    fake = FakeOzon(
        {
            "/v2/review/info": lambda body: row,
            "/v1/review/comment/list": lambda body: {"comments": [declined], "offset": 0},
            "/v2/review/change-status": lambda body: {},
        }
    )
    async with stand(OZON, Kind.REVIEW, FREE) as shop:
        dispatch = replace(shop.dispatch(shop.customer(), TEXT), ref=shop.ref(ItemId("r-1")))

    async with connector_of(fake) as connector:
        await connector.retract(dispatch)

    assert fake.asked[-1] == ("/v2/review/change-status", {"review_ids": ["r-1"], "status": "VIEWED"})


async def test_a_colleague_s_answer_beside_ours_keeps_the_item_processed() -> None:
    async with stand(OZON, Kind.REVIEW, FREE) as shop:
        item_id = shop.customer()
        (item,) = await shop.collect()
        receipt = await shop.connector.publish(shop.dispatch(item, TEXT))
        colleague = restarted(shop)
        await colleague.publish(shop.dispatch(item, "Это написал человек"))
        await colleague.close()

        await shop.connector.retract(replace(shop.dispatch(item, TEXT), receipt_id=receipt.platform_id))

        assert shop.ledger(item_id).visible == "Это написал человек"
        assert "view" not in [write.effect for write in shop.ledger(item_id).writes]


async def test_an_answer_that_waits_and_has_no_name_yet_is_taken_away_later() -> None:
    async with stand(OZON, Kind.REVIEW, FREE) as shop:
        shop.customer()
        (item,) = await shop.collect()
        shop.plan("moderate", verdict="approve", delay=100)
        await shop.connector.publish(shop.dispatch(item, TEXT))
        other = restarted(shop)

        with pytest.raises(Retryable, match="moderation"):
            await other.retract(shop.dispatch(item, TEXT))
        await other.close()


@KINDS
async def test_what_waits_for_no_answer_is_marked_as_seen_whatever_else_is_gone(kind: Kind) -> None:
    async with stand(OZON, kind, FREE) as shop:
        ids = [shop.customer(f"№ {number}", age=5000 - number) for number in range(120)]
        refs = [shop.ref(item_id) for item_id in [*ids[:50], ItemId("0187310a-97d9-dfcf-3039-82d809f0e233"), *ids[50:]]]

        assert isinstance(shop.connector, Dismisser)
        await shop.connector.dismiss(refs)
        await shop.connector.dismiss([])

        assert [[write.effect for write in shop.ledger(item_id).writes] for item_id in ids] == [["view"]] * 120
        assert sorted(item.item_id for item in await shop.collect()) == sorted(ids)


@KINDS
@pytest.mark.parametrize(("status", "code"), [(500, 13), (400, 3), (429, 8)])
async def test_a_mark_that_fails_may_be_set_again(kind: Kind, status: int, code: int) -> None:
    path = f"/{'v2' if kind is Kind.REVIEW else 'v1'}/{kind}/change-status"
    fake = FakeOzon({path: lambda body: refused(status, code, "Internal error")})

    async with connector_of(fake) as connector:
        with pytest.raises(Retryable):
            await connector.dismiss([ItemRef(ItemId("r-1"), kind, HandClock().now())])


async def test_an_answer_cannot_be_edited() -> None:
    async with stand(OZON, Kind.REVIEW, FREE) as shop:
        item_id = shop.customer()

        with pytest.raises(Refused, match="edited"):
            await shop.answer(item_id, TEXT, Action.EDIT)

        assert (shop.requests(), SPEC.edit_window) == (0, None)


async def test_a_receipt_without_an_id_leaves_the_write_in_doubt() -> None:
    fake = FakeOzon({"/v1/review/comment/create": lambda body: {}})
    async with stand(OZON, Kind.REVIEW, FREE) as shop:
        dispatch = shop.dispatch(shop.customer(), TEXT)

    async with connector_of(fake) as connector:
        with pytest.raises(InDoubt, match="comment_id"):
            await connector.publish(dispatch)

    assert fake.asked == [
        (
            "/v1/review/comment/create",
            {"review_id": dispatch.ref.item_id, "text": TEXT, "mark_review_as_processed": True},
        )
    ]


async def test_a_write_that_was_refused_is_not_remembered_as_ours() -> None:
    """Somebody marks the review as processed later: what may wait for moderation there is not our text."""
    row = {"id": "r-1", "sku": 7, "published_at": "2026-07-01T10:00:00Z", "status": "PROCESSED"}
    fake = FakeOzon(
        {
            "/v1/review/comment/create": lambda body: refused(429, 8, "You have reached request rate limit per second"),
            "/v2/review/info": lambda body: row,
            "/v1/review/comment/list": lambda body: {"comments": [], "offset": 0},
        }
    )
    async with stand(OZON, Kind.REVIEW, FREE) as shop:
        dispatch = replace(shop.dispatch(shop.customer(), TEXT), ref=shop.ref(ItemId("r-1")))

    async with connector_of(fake) as connector:
        with pytest.raises(Retryable):
            await connector.publish(dispatch)
        answer = (await connector.sight([dispatch.ref]))[ItemId("r-1")].answer

    assert answer is not None
    assert (answer.text, answer.state) == ("", AnswerState.MODERATING)


@pytest.mark.parametrize(("name", "lacks"), [("Admin", []), ("Posting FBS", ["key rights"])])
async def test_an_administrator_s_key_needs_no_list_of_methods(name: str, lacks: list[str]) -> None:
    counts = {"new": 1, "viewed": 0}
    fake = FakeOzon(
        {
            "/v1/roles": lambda body: {"roles": [{"name": name, "methods": ["/v1/posting"]}]},
            "/v2/review/count": lambda body: counts,
            "/v1/question/count": lambda body: counts,
        }
    )

    async with connector_of(fake) as connector:
        assert failing(await connector.check()) == lacks


async def test_an_open_circle_keeps_everything_for_minutes() -> None:
    fake = FakeOzon({"/v1/review/comment/create": lambda body: refused(400, 2, "Circle is open")})
    async with stand(OZON, Kind.REVIEW, FREE) as shop:
        dispatch = shop.dispatch(shop.customer(), TEXT)

    async with connector_of(fake) as connector:
        with pytest.raises(Retryable) as caught:
            await connector.publish(dispatch)

    assert caught.value.retry_after == 300


@pytest.mark.parametrize(
    ("client_id", "api_key", "named"),
    [("", "key", "client_id"), ("seller", "key", "client_id"), ("1", "", "api_key"), ("1", "two words", "api_key")],
)
def test_credentials_that_cannot_be_right_are_named_and_not_shown(client_id: str, api_key: str, named: str) -> None:
    access = Access(
        label="berezka/ozon",
        base_url="",
        credentials={"client_id": client_id, "api_key": api_key},
        clock=HandClock(),
    )

    with pytest.raises(Configuration, match=named) as caught:
        connect(access)

    assert "two words" not in str(caught.value)
