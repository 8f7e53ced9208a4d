"""An account of 2GIS against a cabinet with oddities: branches, looks, answers and their removal."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from feedback_service.domain.dispatch import Action, Dispatch
from feedback_service.domain.errors import AccountFault, InDoubt, MustRetract, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Kind, Review, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis import SPEC
from feedback_service.platforms.twogis.connector import TwoGisConnector
from tests.support.fake_twogis import (
    BRANCH,
    FakeTwoGis,
    Kept,
    account,
    collected,
    dispatch,
    html,
    ref,
    refused,
    row,
    told,
)
from tests.support.sandbox import HandClock

LOGIN = {"login": "shop@example.org", "password": "very-secret"}


async def published(fake: FakeTwoGis, one: Dispatch, **credentials: str) -> str:
    async with account(fake, Kept(), **credentials) as connector:
        return (await connector.publish(one)).platform_id


async def read_until(connector: TwoGisConnector, error: type[Exception]) -> list[str]:
    """What was collected before the error that has to come."""
    found: list[str] = []
    try:
        async for page in connector.unanswered(Kind.REVIEW):
            found += [item.item_id for item in page]
    except error:
        return found
    raise AssertionError(f"no {error.__name__} came")


async def test_every_branch_of_every_organisation_is_read_oldest_first() -> None:
    fake = FakeTwoGis({"70000001": [row(1, age=10), row(2, age=20)], "70000002": [row(3)]}, orgs=["9001", "9002"])

    async with account(fake, Kept()) as connector:
        found = await collected(connector)

    assert [item.item_id for item in found] == ["2", "1", "3"]
    assert [one.product.sku for one in found if isinstance(one, Review)] == ["70000001", "70000001", "70000002"]


async def test_five_hundred_branches_are_all_read_and_asked_for_once_an_hour() -> None:
    fake = FakeTwoGis({str(70000000 + number): [row(number)] for number in range(500)})
    clock = HandClock()

    async with account(fake, Kept(), clock) as connector:
        found = await collected(connector)
        asked, passed = fake.calls("/branches"), clock.monotonic()
        clock.advance(3600)
        await connector.reading.branches.current()

    assert len({item.item_id for item in found}) == 500
    assert (asked, fake.calls("/branches")) == (9, 18)
    assert passed - HandClock().monotonic() == pytest.approx(500, abs=20)


async def test_an_organisation_without_branches_is_said_and_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async with account(FakeTwoGis({}), Kept()) as connector:
        with caplog.at_level(logging.WARNING):
            assert await collected(connector) == []
            assert await collected(connector) == []
        facts = await connector.check()

    assert [one.getMessage() for one in caplog.records] == ["The login has no branch whose reviews could be read."]
    assert [(fact.subject, fact.ok) for fact in facts] == [("sign-in", True), ("branches", False)]
    assert facts[1].remedy


async def test_the_chosen_branches_are_read_and_a_foreign_one_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeTwoGis({"70000001": [row(1)], "70000002": [row(2)]})

    async with account(fake, Kept(), branch_ids="70000002, 99") as connector:
        found = await collected(connector)
        facts = await connector.check()

    assert [item.item_id for item in found] == ["2"]
    assert "Not among the login's branches: 99" in caplog.text
    assert not facts[1].ok


@pytest.mark.parametrize("chosen", [{"branch_ids": "99"}, {"org_id": "99"}])
async def test_an_organisation_or_branches_that_are_not_ours_are_the_account_s_fault(chosen: dict[str, str]) -> None:
    async with account(FakeTwoGis({"70000001": [row(1)]}), Kept(), **chosen) as connector:
        with pytest.raises(AccountFault, match="see that org_id and branch_ids"):
            await collected(connector)


async def test_a_branch_that_is_lost_leaves_the_others_alone_and_has_the_branches_read_anew() -> None:
    fake = FakeTwoGis({"70000001": [row(1)], "70000002": [row(2)]})
    clock = HandClock()

    async with account(fake, Kept(), clock) as connector:
        await collected(connector)
        del fake.rows["70000001"]
        assert [item.item_id for item in await collected(connector)] == ["2"]
        clock.advance(301)
        await collected(connector)

    assert fake.calls("/branches") == 2


async def test_a_branch_that_is_out_of_order_starves_no_other() -> None:
    fake = FakeTwoGis({str(70000000 + number): [row(number)] for number in range(1, 5)})
    fake.canned["branch/70000002"] = [html(500) for _ in range(4)]

    async with account(fake, Kept()) as connector:
        seen = await read_until(connector, Retryable)
        async for page in connector.unanswered(Kind.REVIEW):
            seen += [item.item_id for item in page]
            break

    assert seen == ["1", "3"]


async def test_a_token_revoked_in_the_middle_leaves_what_was_read_good() -> None:
    fake = FakeTwoGis({"70000001": [row(1)], "70000002": [row(2)]})
    fake.canned["branch/70000002"] = [refused(401), refused(401)]

    async with account(fake, Kept()) as connector:
        found = await read_until(connector, AccountFault)

    assert found == ["1"]


async def test_what_a_broken_list_showed_of_one_branch_is_not_lost() -> None:
    fake = FakeTwoGis({BRANCH: [row(1000 + number, age=60 + number) for number in range(80)]})
    fake.between = lambda: fake.tokens.clear()

    async with account(fake, Kept()) as connector:
        found = await read_until(connector, AccountFault)

    assert found == [str(1000 + number) for number in reversed(range(50))]


async def test_reviews_that_nobody_may_answer_and_those_of_flamp_are_not_collected() -> None:
    rows = [row(1, readonly=True), row(2, allowedActions={"reply": False}), row(3, catalog={"id": "flamp"}), row(4)]

    async with account(FakeTwoGis({BRANCH: rows}), Kept()) as connector:
        found = await collected(connector)
        with pytest.raises(Refused, match="for reading only"):
            await connector.publish(dispatch(1))

    assert [item.item_id for item in found] == ["4"]


async def test_many_reviews_are_seen_by_the_list_and_few_one_by_one() -> None:
    fake = FakeTwoGis({BRANCH: [row(number, age=number) for number in range(1, 31)]})
    fake.write("7", "Спасибо!")

    async with account(fake, Kept()) as connector:
        many = await connector.sight([ref(number, age=number) for number in range(1, 31)])
        lists = fake.calls("branch/")
        few = await connector.sight([ref(7, age=7), ref(99), ref("не номер")])

    assert (lists, fake.calls("presence/reviews")) == (1, 2)
    assert [item_id for item_id, one in many.items() if one.answer] == ["7"]
    assert few[ItemId("7")].answer == many[ItemId("7")].answer
    assert (few[ItemId("99")].item, few[ItemId("не номер")].item) == (None, None)


async def test_a_call_for_one_review_that_leaves_out_the_words_sends_us_to_the_list() -> None:
    fake = FakeTwoGis({BRANCH: [row(1, rating=5)]}, single=("id", "rating", "hasCompanyComment", "firstAnswer"))

    async with account(fake, Kept()) as connector:
        (listed,) = await collected(connector)
        seen = await connector.sight([ref(1)])

    item = seen[ItemId("1")].item
    assert item is not None
    assert fingerprint(item) == fingerprint(listed)


async def test_a_customer_s_change_of_stars_is_another_fingerprint() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})

    async with account(fake, Kept()) as connector:
        (before,) = await collected(connector)
        fake.rows[BRANCH][0]["rating"] = "5"
        after = (await connector.sight([ref(1)]))[ItemId("1")].item

    assert after is not None
    assert fingerprint(after) != fingerprint(before)


async def test_a_review_that_is_forbidden_is_left_out_and_the_others_are_seen(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeTwoGis({BRANCH: [row(2)]}, canned={"presence/reviews/1": [refused(403)]})

    async with account(fake, Kept()) as connector:
        seen = await connector.sight([ref(1), ref(2)])

    assert list(seen) == ["2"]
    assert "out of our reach" in caplog.text


async def test_among_several_comments_what_customers_see_is_the_answer() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})
    fake.write("1", "Скрытый", isHidden=True)
    fake.write("1", "Проверяется", onModeration=True)
    fake.write("1", "Обычный")
    fake.write("1", "Официальный", official=True)

    async with account(fake, Kept()) as connector:
        answer = (await connector.sight([ref(1)]))[ItemId("1")].answer

    assert answer is not None
    assert (answer.text, answer.state, answer.platform_id) == ("Официальный", AnswerState.VISIBLE, "8803")


async def test_an_answer_that_is_marked_and_not_shown_counts_as_being_moderated() -> None:
    fake = FakeTwoGis({BRANCH: [row(1, hasCompanyComment=True)]})

    async with account(fake, Kept()) as connector:
        answer = (await connector.sight([ref(1)]))[ItemId("1")].answer

    assert answer is not None
    assert (answer.text, answer.state) == ("", AnswerState.MODERATING)


@pytest.mark.parametrize(("setting", "official"), [({}, False), ({"official_answer": "yes"}, True)])
async def test_an_answer_is_written_by_the_body_that_public_clients_send(
    setting: dict[str, str], official: bool
) -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})

    platform_id = await published(fake, dispatch(1), **setting)

    assert fake.bodies == [{"text": "Спасибо!", "catalog": "2gis", "isOfficialAnswer": official}]
    assert platform_id == fake.comments["1"][0]["id"]


async def test_a_review_that_was_answered_meanwhile_gets_no_second_comment() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})
    fake.write("1", "Ответил сам")

    with pytest.raises(Retryable, match="an answer stands there"):
        await published(fake, dispatch(1))

    assert len(fake.comments["1"]) == 1


async def test_our_own_text_that_stands_there_already_is_the_answer() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})
    fake.write("1", "Спасибо!")

    assert await published(fake, dispatch(1)) == "8800"

    assert len(fake.comments["1"]) == 1


async def test_where_the_comments_are_not_told_the_review_itself_keeps_us_from_a_second_one() -> None:
    fake = FakeTwoGis({BRANCH: [row(1), row(2)]})
    fake.write("1", "Ответил сам")
    fake.canned["GET /api/1.0/presence/reviews/1/comments"] = [told({"entries": []})]
    fake.canned["GET /api/1.0/presence/reviews/2/comments"] = [told({"entries": []})]

    with pytest.raises(Retryable, match="an answer stands there"):
        await published(fake, dispatch(1))
    await published(fake, dispatch(2))

    assert [len(fake.comments[item]) for item in ("1", "2")] == [1, 1]


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (refused(400, "Bad payload"), Refused, "400 Bad payload"),
        (refused(403, "Reply is not allowed"), Refused, "403 Reply is not allowed"),
        (refused(404), Refused, "404"),
        (html(404), Refused, "404 <html>"),
        (refused(429, **{"Retry-After": "17"}), Retryable, "too many"),
        (refused(408), InDoubt, "408"),
        (refused(500), InDoubt, "500"),
        (html(302), InDoubt, "302"),
        (html(), InDoubt, "without readable JSON"),
        (web.json_response({"meta": {"code": 400, "errors": [{"message": "Нет"}]}}), Refused, "400 Нет"),
        (web.json_response({"meta": {"code": 500}}), InDoubt, "500"),
        (told({"id": "5", "type": "reply", "text": "Спа…"}), MustRetract, "another text"),
    ],
)
async def test_a_write_that_is_not_confirmed_is_named_by_what_to_do(
    answer: web.Response, error: type[Exception], said: str
) -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]}, canned={"POST /api/1.0/presence": [answer]})

    with pytest.raises(error, match=said):
        await published(fake, dispatch(1))

    assert fake.calls("POST /api/1.0/presence") == 1


@pytest.mark.parametrize("answer", [told({}), told(None), web.json_response({})])
async def test_a_write_without_an_id_is_a_receipt_without_one(answer: web.Response) -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]}, canned={"POST /api/1.0/presence": [answer]})

    assert await published(fake, dispatch(1)) == ""


async def test_a_login_that_may_answer_nothing_is_the_account_s_fault() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]}, canned={"POST /api/1.0/presence": [refused(403, "No subscription")]})

    async with account(fake, Kept()) as connector:
        await connector.sight([ref(1)])
        with pytest.raises(AccountFault, match="does not let this login answer"):
            await connector.publish(dispatch(1))


LONGEST = SPEC.reply_limits[Kind.REVIEW].maximum


@pytest.mark.parametrize("text", ["", " \n\u00a0", "ж" * (LONGEST + 1), "😀" * (LONGEST + 1)])
async def test_a_text_out_of_bounds_is_refused_without_a_call(text: str) -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})

    with pytest.raises(Refused):
        await published(fake, dispatch(1, text))

    assert fake.asked == []


@pytest.mark.parametrize("sign", ["ж", "😀"])
async def test_a_text_is_measured_in_characters_and_not_in_bytes(sign: str) -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})

    await published(fake, dispatch(1, sign * LONGEST))

    assert fake.comments["1"][0]["text"] == sign * LONGEST


@pytest.mark.parametrize("item", ["99", "A1", "../users"])
async def test_a_wrong_id_is_refused_and_nothing_is_written(item: str) -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})

    with pytest.raises(Refused, match="does not know the review"):
        await published(fake, dispatch(item))

    assert fake.calls("POST") == 0


async def test_an_edit_is_refused() -> None:
    with pytest.raises(Refused, match="edited"):
        await published(FakeTwoGis(), dispatch(1, action=Action.EDIT))


@pytest.mark.parametrize("receipt_id", ["8801", ""])
async def test_only_our_own_comment_is_taken_away_however_often_that_is_asked_for(receipt_id: str) -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})
    fake.write("1", "Ответил сам")
    fake.write("1", "Спасибо!")

    async with account(fake, Kept()) as connector:
        for _ in range(2):
            await connector.retract(dispatch(1, receipt_id=receipt_id))

    assert [one["text"] for one in fake.comments["1"]] == ["Ответил сам"]
    assert fake.calls("DELETE") == 1
    assert fake.queries[-2] == {"catalog": "2gis", "type": "reply"}


async def test_a_retraction_whose_answer_is_lost_is_in_doubt_and_one_of_what_is_gone_is_not() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]}, canned={"DELETE": [refused(500), refused(404)]})
    fake.write("1", "Спасибо!")

    async with account(fake, Kept()) as connector:
        with pytest.raises(InDoubt):
            await connector.retract(dispatch(1))
        await connector.retract(dispatch(1))
        await connector.retract(dispatch(77))

    assert fake.calls("DELETE") == 2


async def test_check_names_the_login_its_branches_and_what_waits() -> None:
    async with account(FakeTwoGis({BRANCH: [row(1)]}), Kept()) as connector:
        facts = await connector.check()

    assert [fact.subject for fact in facts] == ["sign-in", "branches", "reviews"]
    assert all(fact.ok for fact in facts)
    assert "Берёзкина" in facts[0].finding


@pytest.mark.parametrize("bad", [refused(429), html, refused(401)])
async def test_check_tells_of_trouble_once_with_a_remedy(bad: web.Response | Callable[[], web.Response]) -> None:
    answers = [bad() if callable(bad) else bad for _ in range(3)]

    async with account(FakeTwoGis(canned={"GET": answers}), Kept()) as connector:
        (fact,) = await connector.check()

    assert not fact.ok
    assert fact.finding
    assert fact.remedy


async def test_an_organisation_that_is_closed_to_the_login_leaves_the_others_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = FakeTwoGis({"70000001": [row(1)]}, orgs=["9001", "9002"])
    fake.canned["GET /api/1.0/branches"] = [told({"items": [{"id": "70000001"}]}), refused(403)]

    async with account(fake, Kept()) as connector:
        assert [item.item_id for item in await collected(connector)] == ["1"]
        facts = await connector.check()

    assert "Organisation 9002 is left alone" in caplog.text
    assert (facts[1].ok, facts[1].finding) == (False, "1; organisations that do not open: 9002")


async def test_where_every_organisation_is_closed_to_the_login_a_person_is_told() -> None:
    fake = FakeTwoGis({"70000001": [row(1)]}, orgs=["9001", "9002"])
    fake.canned["GET /api/1.0/branches"] = [refused(403), refused(404)]

    async with account(fake, Kept()) as connector:
        with pytest.raises(AccountFault, match="organisation 9001 is not open to this login"):
            await collected(connector)


async def test_what_this_process_has_written_is_looked_for_among_the_comments_though_the_review_counts_none() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})

    async with account(fake, Kept()) as connector:
        await connector.publish(dispatch(1))
        fake.rows[BRANCH][0] |= {"hasCompanyComment": False, "firstAnswer": None, "commentsCount": 0}
        sighting = (await connector.sight([ref(1)]))[ItemId("1")]

    assert sighting.answer is not None
    assert sighting.answer.text == "Спасибо!"


async def test_what_another_customer_wrote_beneath_a_review_is_no_answer_of_ours() -> None:
    fake = FakeTwoGis({BRANCH: [row(1, commentsCount=1)]})
    fake.comments["1"] = [{"id": "5", "type": "reply", "text": "И я так думаю", "user": {"name": "Фёкла"}}]

    async with account(fake, Kept()) as connector:
        await connector.publish(dispatch(1))

    assert [one["text"] for one in fake.bodies] == ["Спасибо!"]


async def test_an_answer_of_ours_is_seen_by_its_id_though_it_reads_otherwise_and_a_person_wrote_an_official_one() -> (
    None
):
    fake = FakeTwoGis({BRANCH: [row(1)]})
    fake.canned["POST /api/1.0/presence"] = [told({"id": "8800", "type": "reply", "text": "Спаси"})]

    async with account(fake, Kept()) as connector:
        with pytest.raises(MustRetract):
            await connector.publish(dispatch(1))
        fake.write("1", "Спаси")
        fake.write("1", "Ответ человека", official=True)
        sighting = (await connector.sight([ref(1)]))[ItemId("1")]

    assert sighting.answer is not None
    assert sighting.answer.platform_id == "8800", "else it would be taken for gone while it still stands there"


@dataclass
class Halting(FakeTwoGis):
    """Time passes by after each look at comments, as where a process stands still."""

    clock: HandClock = field(default_factory=HandClock)

    async def serve(self, request: web.Request) -> web.Response:
        answer = await super().serve(request)
        if request.method == "GET" and request.path.endswith("/comments"):
            self.clock.advance(60)
        return answer


async def test_a_write_whose_turn_comes_long_after_its_look_does_not_leave() -> None:
    fake = Halting({BRANCH: [row(1)]})

    async with account(fake, Kept(), fake.clock) as connector:
        with pytest.raises(Retryable, match="too late") as caught:
            await connector.publish(dispatch(1))

    assert fake.bodies == []
    assert caught.value.retry_after, "waiting is no failed attempt"
