"""Reading all of Ozon's waiting items by cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from feedback_service.domain.dispatch import ItemRef
from feedback_service.domain.errors import AccountFault, Retryable, Unavailable
from feedback_service.domain.feedback import AnswerState, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.client import CURRENT_AGAIN, PAGE
from feedback_service.platforms.ozon.listing import Listing
from feedback_service.platforms.ozon.notes import Note
from tests.support.fake_ozon import FakeOzon, client_of, connector_of, refused
from tests.support.sandbox import HandClock

REVIEWS, OLD_REVIEWS, QUESTIONS = "/v2/review/list", "/v1/review/list", "/v1/question/list"


def row(number: int, status: str = "NEW", **more: object) -> dict[str, object]:
    return {"id": f"r-{number:04}", "sku": 7, "published_at": "2026-07-01T10:00:00Z", "status": status, **more}


def paged(rows: Sequence[Mapping[str, object]], name: str, size: int, *, told: bool = True) -> Any:
    """A list method that goes on after the id it is given; `told`: it says whether there is more."""

    def method(body: Mapping[str, Any]) -> object:
        status = body.get("filters", body.get("filter", body))["status"]
        wanted = [one for one in rows if one["status"] == status and str(one["id"]) > body["last_id"]]
        shown = wanted[: min(size, body["limit"])]
        last_id = shown[-1]["id"] if shown else body["last_id"]
        return {name: shown, "last_id": last_id, **({"has_next": len(wanted) > len(shown)} if told else {})}

    return method


async def listed(fake: FakeOzon, kind: Kind) -> list[str]:
    async with client_of(fake) as client:
        return [one.item.item_id async for page in Listing(client=client, kind=kind).pages() for one in page]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
async def test_every_review_comes_once_in_the_order_of_the_list(count: int) -> None:
    rows = [row(number) for number in range(count)]
    fake = FakeOzon({REVIEWS: paged(rows, "reviews", PAGE)})

    assert await listed(fake, Kind.REVIEW) == [one["id"] for one in rows]


async def test_what_was_opened_but_not_answered_waits_as_well() -> None:
    rows = [row(1), row(2, "VIEWED"), row(3, "PROCESSED")]
    fake = FakeOzon({REVIEWS: paged(rows, "reviews", PAGE), QUESTIONS: paged(rows, "questions", 10, told=False)})

    assert await listed(fake, Kind.REVIEW) == ["r-0001", "r-0002"]
    assert await listed(fake, Kind.QUESTION) == ["r-0001", "r-0002"]


@pytest.mark.parametrize("size", [1, 3, 10])
@pytest.mark.parametrize("told", [True, False])
async def test_a_short_page_is_not_taken_for_the_last(size: int, told: bool) -> None:
    rows = [row(number) for number in range(25)]
    fake = FakeOzon({QUESTIONS: paged(rows, "questions", size, told=told)})

    assert await listed(fake, Kind.QUESTION) == [one["id"] for one in rows]


async def test_nothing_is_missed_while_what_was_listed_is_answered() -> None:
    rows = [row(number) for number in range(230)]
    method = paged(rows, "reviews", PAGE)

    def then_answered(body: Mapping[str, Any]) -> object:
        page = method(body)
        for one in page["reviews"]:
            one["status"] = "PROCESSED" if int(one["id"][2:]) % 3 else "VIEWED"
        return {**page, "reviews": [{**one, "status": "NEW"} for one in page["reviews"]]}

    fake = FakeOzon({REVIEWS: then_answered})

    ids = await listed(fake, Kind.REVIEW)

    assert sorted(ids) == [one["id"] for one in rows]
    assert len(ids) == len(set(ids))


async def test_a_list_that_promises_more_and_stands_still_is_given_up() -> None:
    fake = FakeOzon({REVIEWS: lambda body: {"reviews": [row(1)], "last_id": "r-0001", "has_next": True}})

    with pytest.raises(Retryable, match="does not move on"):
        await listed(fake, Kind.REVIEW)


async def test_the_deprecated_method_is_used_where_the_current_one_does_not_exist_and_then_always() -> None:
    rows = [row(1, "UNPROCESSED"), row(2, "UNPROCESSED")]
    fake = FakeOzon({OLD_REVIEWS: paged(rows, "reviews", PAGE)})

    assert await listed(fake, Kind.REVIEW) == ["r-0001", "r-0002"]
    assert fake.paths().count(REVIEWS) == 1


async def test_a_key_that_is_refused_tells_nothing_of_an_id_of_an_odd_form() -> None:
    words = "Invalid Api-Key, please check the key and try again"
    fake = FakeOzon({"/v2/review/info": lambda body: refused(400, 3, words)})

    async with client_of(fake) as client:
        with pytest.raises(AccountFault):
            await client.review(ItemId("r-1"))


async def test_after_a_while_the_current_methods_are_tried_again() -> None:
    rows = [row(1)]
    clock = HandClock()
    fake = FakeOzon({OLD_REVIEWS: lambda body: {"reviews": rows, "has_next": False, "last_id": "r-0001"}})
    async with client_of(fake, clock) as client:
        await client.reviews("NEW", "")
        fake.methods[REVIEWS] = paged(rows, "reviews", PAGE)
        await client.reviews("NEW", "")
        clock.advance(CURRENT_AGAIN)
        await client.reviews("NEW", "")

    assert fake.paths() == [REVIEWS, OLD_REVIEWS, OLD_REVIEWS, REVIEWS]


async def test_a_proxy_that_knows_no_path_is_no_reason_for_the_deprecated_methods() -> None:
    fake = FakeOzon()
    async with client_of(fake) as client:
        with pytest.raises(Retryable, match="neither"):
            await client.reviews("NEW", "")
        with pytest.raises(Retryable, match="neither"):
            await client.delete_comment("c-1", 7)
        fake.methods[REVIEWS] = paged([row(1)], "reviews", PAGE)
        fake.asked.clear()
        page = await client.reviews("NEW", "")

    assert len(page.entries) == 1
    assert fake.paths() == [REVIEWS]


async def test_deprecated_methods_that_are_switched_off_make_way_for_the_current_ones() -> None:
    fake = FakeOzon({OLD_REVIEWS: lambda body: {"reviews": [row(1)], "has_next": False, "last_id": "r-0001"}})
    async with client_of(fake) as client:
        await client.reviews("NEW", "")
        del fake.methods[OLD_REVIEWS]
        fake.methods[REVIEWS] = paged([row(1)], "reviews", PAGE)
        with pytest.raises(Retryable):
            await client.reviews("NEW", "")

        assert len((await client.reviews("NEW", "")).entries) == 1


async def test_a_new_review_with_a_hidden_comment_is_collected_unless_it_may_be_ours() -> None:
    rows = [row(1, comments_amount=2), row(2, comments_amount=2), row(3, comments_amount=1)]
    ours = {"id": "c-1", "text": "Спасибо!", "is_owner": True}
    theirs = {"id": "c-2", "text": "Соглашусь", "is_owner": False}
    comments = {"r-0001": [theirs], "r-0002": [ours], "r-0003": []}
    fake = FakeOzon(
        {
            REVIEWS: paged(rows, "reviews", PAGE),
            "/v1/review/comment/list": lambda body: {"comments": comments[body["review_id"]], "offset": 1},
            "/v2/review/info": lambda body: rows[0],
        }
    )
    async with connector_of(fake) as connector:
        connector.notes.wrote(ItemId("r-0003"), Note("Спасибо!", "c-3", listed=True))
        waiting = [item async for page in connector.unanswered(Kind.REVIEW) for item in page]
        ref = ItemRef(ItemId("r-0001"), Kind.REVIEW, HandClock().now())
        seen = (await connector.sight([ref]))[ref.item_id].answer

    assert [(item.item_id, item.answer) for item in waiting] == [("r-0001", None)]
    assert seen is not None
    assert seen.state is AnswerState.MODERATING


async def test_an_item_that_is_unknown_is_no_reason_for_the_deprecated_method() -> None:
    fake = FakeOzon({"/v2/review/info": lambda body: refused(404, 5, "review not found")})

    async with client_of(fake) as client:
        assert await client.review("r-1") is None  # type: ignore[arg-type]  # any text is an id

    assert fake.paths() == ["/v2/review/info"]


async def test_a_kind_that_is_not_subscribed_to_leaves_the_other_alone() -> None:
    words = "rpc error: code = PermissionDenied desc = not available with existing subscription"
    fake = FakeOzon({REVIEWS: paged([row(1)], "reviews", PAGE), QUESTIONS: lambda body: refused(403, 7, words)})

    async with connector_of(fake) as connector:
        reviews = [item async for page in connector.unanswered(Kind.REVIEW) for item in page]
        with pytest.raises(Unavailable) as caught:
            [page async for page in connector.unanswered(Kind.QUESTION)]

    assert len(reviews) == 1
    assert isinstance(caught.value, AccountFault)
    assert "Premium" in caught.value.remedy
    assert fake.paths().count(QUESTIONS) == 1


async def test_a_review_under_which_we_have_answered_is_left_out_though_it_is_listed_as_new() -> None:
    rows = [row(1, comments_amount=1), row(2, comments_amount=1)]
    comments = {
        "r-0001": [{"id": "c-1", "text": "Спасибо!", "is_owner": True}],
        "r-0002": [{"id": "c-2", "text": "Соглашусь", "is_owner": False}],
    }
    fake = FakeOzon(
        {
            REVIEWS: paged(rows, "reviews", PAGE),
            "/v1/review/comment/list": lambda body: {"comments": comments[body["review_id"]], "offset": 1},
        }
    )

    async with connector_of(fake) as connector:
        waiting = [item.item_id async for page in connector.unanswered(Kind.REVIEW) for item in page]

    assert waiting == ["r-0002"]


async def test_product_names_are_read_once_and_are_no_condition() -> None:
    fake = FakeOzon(
        {
            REVIEWS: paged([row(1), row(2), row(3, sku=8)], "reviews", PAGE),
            "/v3/product/info/list": lambda body: {"items": [{"sku": 7, "name": "Чайник"}]},
        }
    )

    async with connector_of(fake) as connector:
        for _ in range(2):
            items = [item async for page in connector.unanswered(Kind.REVIEW) for item in page]

    assert [item.product.name for item in items] == ["Чайник", "Чайник", ""]
    assert [sorted(body["sku"]) for path, body in fake.asked if path.startswith("/v3")] == [["7", "8"]]


async def test_a_key_without_the_right_to_products_reads_reviews_without_names() -> None:
    fake = FakeOzon(
        {
            REVIEWS: paged([row(1)], "reviews", PAGE),
            "/v3/product/info/list": lambda body: refused(403, 7, "Api-Key is missing a required role for a method"),
        }
    )

    async with connector_of(fake) as connector:
        for _ in range(2):
            items = [item async for page in connector.unanswered(Kind.REVIEW) for item in page]

    assert [item.product.name for item in items] == [""]
    assert fake.paths().count("/v3/product/info/list") == 1
