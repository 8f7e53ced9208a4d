"""An answer is written over nothing but what may be overwritten, and deleted only where it is ours."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from feedback_service.domain.dispatch import Action
from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import fingerprint
from tests.support.fake_yandex_business import ANSWER, OURS, FakeYandexBusiness, account, company, dispatch, ref, row

TEXT = "Спасибо за отзыв!"


def shop(answer: object = None, **fields: Any) -> FakeYandexBusiness:
    return FakeYandexBusiness(lists={OURS: [row("one", owner_comment=answer, **fields)]})


def standing(text: str, status: str | None = None) -> dict[str, object]:
    return {"text": text, "moderation_status": status}


def texts(fake: FakeYandexBusiness) -> list[str]:
    return [one["text"] for one in fake.answers]


@pytest.mark.parametrize("text", ["ж", "ж" * 2500, "🙏" * 1250, "<b>&</b>\n\u200bё"])
async def test_a_text_within_the_limit_is_written_as_it_is(text: str) -> None:
    fake = shop()

    async with account(fake) as opened:
        await opened.connector.publish(dispatch("one", text))

    assert texts(fake) == [text]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\ufeff", "ж" * 2501, "🙏" * 1251])
@pytest.mark.parametrize("action", Action)
async def test_a_text_out_of_bounds_or_one_that_would_delete_the_answer_never_leaves(text: str, action: Action) -> None:
    async with account(shop(standing("Наш ответ"))) as opened:
        with pytest.raises(Refused, match="1 to 2500"):
            await opened.connector.publish(dispatch("one", text, action=action))

    assert opened.fake.calls() == 0


@pytest.mark.parametrize(
    "answer", [standing("Другой ответ"), standing("Другой ответ", "on_moderation"), "text of an odd type"]
)
async def test_where_an_answer_stands_nothing_is_written(answer: object) -> None:
    fake = shop(answer)

    async with account(fake) as opened:
        with pytest.raises(Retryable, match="an answer stands there by now"):
            await opened.connector.publish(dispatch("one"))

    assert fake.calls(ANSWER) == 0


async def test_where_our_text_stands_already_it_is_not_written_again() -> None:
    fake = shop(standing(f"  {TEXT}\n"))

    async with account(fake) as opened:
        await opened.connector.publish(dispatch("one"))

    assert fake.calls(ANSWER) == 0


@pytest.mark.parametrize("answer", [standing(TEXT, "rejected"), standing("Другой ответ", "declined")])
async def test_a_rejected_answer_may_be_overwritten(answer: object) -> None:
    fake = shop(answer)

    async with account(fake) as opened:
        await opened.connector.publish(dispatch("one"))

    assert texts(fake) == [TEXT]


async def test_a_look_of_seconds_ago_is_relied_on_and_an_older_one_is_not() -> None:
    fake = shop()

    async with account(fake) as opened:
        await opened.connector.sight([ref("one")])
        await opened.connector.publish(dispatch("one"))
        fake.lists[OURS][0]["owner_comment"] = None
        await opened.connector.sight([ref("one")])
        opened.clock.advance(11)
        fake.lists[OURS][0]["owner_comment"] = standing("Ответ человека")
        with pytest.raises(Retryable):
            await opened.connector.publish(dispatch("one"))

    assert texts(fake) == [TEXT]
    assert fake.calls("/reviews") == 3


async def test_a_look_serves_one_write_only() -> None:
    fake = shop()
    fake.before = lambda request: (
        web.Response(status=500) if request.method == "POST" and len(fake.asked) == 3 else None
    )

    async with account(fake) as opened:
        with pytest.raises(InDoubt):
            await opened.connector.publish(dispatch("one"))
        fake.lists[OURS][0]["owner_comment"] = standing("Ответ человека")
        with pytest.raises(Retryable):
            await opened.connector.publish(dispatch("one"))

    assert fake.calls(ANSWER) == 1


async def test_a_review_that_changed_since_it_was_drafted_for_is_not_answered() -> None:
    fake = shop()

    async with account(fake) as opened:
        sighting = (await opened.connector.sight([ref("one")]))[ref("one").item_id]
        assert sighting.item is not None
        fake.lists[OURS][0]["rating"] = 1
        opened.clock.advance(60)
        with pytest.raises(Retryable, match="changed the review"):
            await opened.connector.publish(dispatch("one", fingerprint=fingerprint(sighting.item)))

    assert fake.calls(ANSWER) == 0


async def test_a_review_that_is_gone_is_refused() -> None:
    async with account(shop()) as opened:
        with pytest.raises(Refused, match="does not show the review any more"):
            await opened.connector.publish(dispatch("other"))

    assert opened.fake.calls(ANSWER) == 0


async def test_a_review_out_of_reach_is_left_for_later() -> None:
    fake = FakeYandexBusiness(lists={OURS: [row(f"r{number}") for number in range(600)]})

    async with account(fake) as opened:
        with pytest.raises(Retryable, match="out of reach"):
            await opened.connector.publish(dispatch("old", age=10**6))

    assert fake.calls(ANSWER) == 0


@pytest.mark.parametrize("before", [TEXT, ""])
async def test_an_edit_overwrites_the_answer_that_it_was_made_for(before: str) -> None:
    fake = shop(standing(TEXT))

    async with account(fake) as opened:
        await opened.connector.publish(dispatch("one", "Исправлено", action=Action.EDIT, previous_text=before))

    assert texts(fake) == ["Исправлено"]


@pytest.mark.parametrize("answer", [None, standing("Ответ человека")])
async def test_an_edit_of_another_answer_or_of_none_is_refused(answer: object) -> None:
    fake = shop(answer)

    async with account(fake) as opened:
        with pytest.raises(Refused, match="not there, or reads otherwise"):
            await opened.connector.publish(dispatch("one", "Исправлено", action=Action.EDIT, previous_text=TEXT))

    assert fake.calls(ANSWER) == 0


async def test_a_retraction_deletes_our_answer_and_may_be_repeated() -> None:
    fake = shop(standing(f"{TEXT} "))

    async with account(fake) as opened:
        await opened.connector.retract(dispatch("one"))
        await opened.connector.retract(dispatch("one"))

    assert texts(fake) == [""]


@pytest.mark.parametrize("answer", [None, standing("Ответ человека"), "odd"])
async def test_a_retraction_leaves_alone_what_is_not_ours(answer: object) -> None:
    fake = shop(answer)

    async with account(fake) as opened:
        await opened.connector.retract(dispatch("one"))
        await opened.connector.retract(dispatch("gone"))

    assert fake.calls(ANSWER) == 0


async def test_a_retracted_edit_gives_the_text_before_back() -> None:
    fake = shop(standing("Исправлено"))
    one = dispatch("one", "Исправлено", action=Action.EDIT, previous_text=TEXT)

    async with account(fake) as opened:
        await opened.connector.retract(one)
        await opened.connector.retract(one)

    assert texts(fake) == [TEXT]


async def test_an_edit_of_an_unknown_text_is_not_retracted_by_deleting() -> None:
    fake = shop(standing("Исправлено"))

    async with account(fake) as opened:
        with pytest.raises(Refused, match="would delete"):
            await opened.connector.retract(dispatch("one", "Исправлено", action=Action.EDIT, previous_text=" "))

    assert fake.calls(ANSWER) == 0


async def test_a_review_of_another_branch_is_answered_by_its_own_tokens() -> None:
    fake = FakeYandexBusiness(lists={"1": [row("a")], "2": [row("b")]}, companies=[company(1), company(2)])

    async with account(fake, permanent_id="") as opened:
        await opened.connector.publish(dispatch("b"))

    assert [(one["reviewId"], one["answerCsrfToken"]) for one in fake.answers] == [("b", "of-b")]


async def test_check_tells_of_the_session_the_organisations_and_their_reviews() -> None:
    async with account(shop()) as opened:
        facts = await opened.connector.check()

    assert [(fact.subject, fact.ok) for fact in facts] == [
        ("session", True),
        ("organisations", True),
        ("reviews", True),
    ]
    assert facts[2].finding == "accepted; 1 reviews of 1 of 1 organisation(s)"


@pytest.mark.parametrize(
    ("permanent_id", "subject", "finding"),
    [("404", "reviews", "not open to the login: 404"), ("", "organisations", "the login has no organisation")],
)
async def test_check_names_what_the_login_may_not_open(permanent_id: str, subject: str, finding: str) -> None:
    async with account(shop(), permanent_id) as opened:
        fact = (await opened.connector.check())[-1]

    assert (fact.subject, fact.ok) == (subject, False)
    assert finding in fact.finding
    assert "owner or a representative" in fact.remedy


async def test_check_of_an_account_that_nobody_is_signed_in_to_makes_no_call() -> None:
    async with account(shop()) as opened:
        opened.sessions.cookies = ()
        (fact,) = await opened.connector.check()

    assert (fact.ok, fact.finding) == (False, "nobody is signed in to the cabinet")
    assert opened.fake.calls() == 0


async def test_a_captcha_before_a_write_leaves_nothing_written() -> None:
    fake = shop()
    fake.before = lambda request: (
        web.Response(status=429, headers={"need-captcha": "1"}) if request.method == "POST" else None
    )

    async with account(fake) as opened:
        with pytest.raises(AccountFault, match="captcha"):
            await opened.connector.publish(dispatch("one"))

    assert fake.answers == []


async def test_a_write_whose_turn_comes_long_after_its_look_does_not_leave() -> None:
    fake = shop()

    async with account(fake) as opened:
        fake.before = lambda request: opened.clock.advance(21) if "/view/chain/" in request.path else None
        with pytest.raises(Retryable, match="too late") as caught:
            await opened.connector.publish(dispatch("one"))
        fake.lists[OURS][0]["owner_comment"] = standing("Ответ человека")
        with pytest.raises(Retryable, match="an answer stands there by now"):
            await opened.connector.publish(dispatch("one"))

    assert fake.calls(ANSWER) == 0
    assert caught.value.retry_after, "waiting is no failed attempt"


async def test_a_write_that_has_to_be_made_again_for_its_token_leaves_in_its_time_or_not_at_all() -> None:
    fake = shop()

    async with account(fake) as opened:
        opened.connector.client.csrf = "worn-out"
        fake.before = lambda request: opened.clock.advance(21) if request.method == "POST" else None
        with pytest.raises(Retryable, match="too late"):
            await opened.connector.publish(dispatch("one"))

    assert fake.answers == []
