"""Ozon's cabinet in a browser: its calls, its forms, and everything that may stand in the way."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef
from feedback_service.domain.errors import AccountFault, Configuration, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Item, Kind
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.domain.supplier import Way
from feedback_service.platforms.ozon import connect
from feedback_service.ports.browser import PageAnswer, PageCall
from feedback_service.ports.platform import Access, Connector
from feedback_service.ports.replica import Imposed
from tests.support.ozon_page import SITE, FakePage, Shop

TEXT = "Спасибо, что рассказали об этом."
CREATE = {Kind.REVIEW: "/api/review/comment/create", Kind.QUESTION: "/api/v1/create-answer"}
LISTS = {Kind.REVIEW: "/api/v4/review/list", Kind.QUESTION: "/api/v1/question-list"}
KINDS = pytest.mark.parametrize("kind", list(Kind))


@pytest.fixture
def shop() -> Shop:
    return Shop()


def connector(shop: Shop, **changes: object) -> Connector:
    given: dict[str, object] = {
        "label": "berezka/ozon",
        "base_url": "",
        "credentials": shop.credentials,
        "clock": shop.clock,
        "way": Way.BROWSER,
        "cabinet_url": SITE,
        "browser": shop.browser,
    }
    return connect(Access(**{**given, **changes}))  # type: ignore[arg-type]  # any field may be changed


def ref(shop: Shop, kind: Kind, item_id: str, age: float = 3600) -> ItemRef:
    return ItemRef(ItemId(item_id), kind, shop.clock.now() - timedelta(seconds=age))


def dispatch(of: ItemRef, text: str = TEXT, **more: object) -> Dispatch:
    given: dict[str, object] = {
        "id": DispatchId(1),
        "feedback_id": FeedbackId(1),
        "account_id": AccountId(1),
        "ref": of,
        "action": Action.ANSWER,
        "text": text,
        "fingerprint": "",
        "status": DispatchStatus.SENDING,
        "revision": 1,
    }
    return Dispatch(**{**given, **more})  # type: ignore[arg-type]  # any field may be changed


async def collected(of: Connector, kind: Kind) -> Sequence[Item]:
    return [item async for page in of.unanswered(kind) for item in page]


def writes(shop: Shop, item_id: str) -> list[str]:
    entries = shop.replica.ledger(shop.clock.now().timestamp()).entries
    return [write.effect for entry in entries if entry.item == item_id for write in entry.writes if write.text]


@KINDS
async def test_everything_that_waits_is_collected_once_over_all_pages(kind: Kind) -> None:
    shop = Shop(options={"cabinet_page": 7})
    ids = [shop.customer(kind, f"№ {number}", age=1000 - number) for number in range(30)]

    items = await collected(connector(shop), kind)

    assert sorted(item.item_id for item in items) == sorted(ids)
    assert {item.text for item in items} == {f"№ {number}" for number in range(30)}


@KINDS
async def test_an_answer_is_written_once_and_seen_to_stand_there(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    open_account = connector(shop)

    receipt = await open_account.publish(dispatch(ref(shop, kind, item_id)))
    seen = (await open_account.sight([ref(shop, kind, item_id)]))[ItemId(item_id)]

    assert receipt.platform_id
    assert seen.answer is not None
    assert same_text(seen.answer.text, TEXT)
    assert (seen.answer.state, seen.answer.editable) == (AnswerState.VISIBLE, False)
    assert writes(shop, item_id) == ["answer"]
    assert await collected(open_account, kind) == []


@KINDS
async def test_a_yes_is_believed_though_nothing_shows_as_moderation_may_hide_it(shop: Shop, kind: Kind) -> None:
    """In doubt, it would be sent again by itself, and a customer might see both once they are let through."""
    item_id = shop.customer(kind)
    shop.page.impose = (Imposed("swallow"),)

    receipt = await connector(shop).publish(dispatch(ref(shop, kind, item_id)))

    assert receipt.platform_id == ""
    assert shop.page.paths().count(CREATE[kind]) == 1


@KINDS
async def test_without_a_yes_what_does_not_show_is_in_doubt(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    shop.page.canned[CREATE[kind]] = (200, {"result": False})

    with pytest.raises(InDoubt, match="does not show"):
        await connector(shop).publish(dispatch(ref(shop, kind, item_id)))

    assert shop.page.paths().count(CREATE[kind]) == 1


async def test_an_item_too_far_down_in_its_list_spoils_the_look_at_no_other() -> None:
    shop = Shop(options={"cabinet_page": 1})
    deep = shop.customer(Kind.QUESTION, age=9000)
    ids = [shop.customer(Kind.QUESTION, f"№ {number}", age=1000 - number) for number in range(70)]

    seen = await connector(shop).sight([ref(shop, Kind.QUESTION, deep, 9000), ref(shop, Kind.QUESTION, ids[-1])])

    assert set(seen) == {ItemId(ids[-1])}


@KINDS
async def test_a_write_of_which_the_end_is_not_known_is_in_doubt_and_not_repeated(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    shop.page.canned[CREATE[kind]] = (502, "bad gateway")

    with pytest.raises(InDoubt):
        await connector(shop).publish(dispatch(ref(shop, kind, item_id)))

    assert shop.page.paths().count(CREATE[kind]) == 1


@KINDS
async def test_an_answer_that_the_browser_sent_twice_is_left_standing_once(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    fetch = shop.page.fetch

    def repeated(call: PageCall) -> PageAnswer:
        if call.path.endswith(CREATE[kind]):
            fetch(call)
        return fetch(call)

    shop.page.fetch = repeated  # type: ignore[method-assign]  # the fake's own browser is a bad one
    open_account = connector(shop)

    receipt = await open_account.publish(dispatch(ref(shop, kind, item_id)))
    answer = (await open_account.sight([ref(shop, kind, item_id)]))[ItemId(item_id)].answer

    assert answer is not None
    assert answer.platform_id == receipt.platform_id
    assert writes(shop, item_id) == ["answer", "answer", "retract"]


@KINDS
async def test_an_answer_that_stands_is_sent_although_the_browser_heard_nothing(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    fetch = shop.page.fetch

    def deaf(call: PageCall) -> PageAnswer:
        answer = fetch(call)
        if call.path.endswith(CREATE[kind]):
            raise InDoubt("nothing came back")
        return answer

    shop.page.fetch = deaf  # type: ignore[method-assign]  # the fake's own browser is a bad one

    await connector(shop).publish(dispatch(ref(shop, kind, item_id)))

    assert writes(shop, item_id) == ["answer"]


@KINDS
async def test_a_re_read_that_fails_leaves_a_write_that_was_taken_as_it_is(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    shop.page.canned[LISTS[kind]] = (503, "")

    await connector(shop).publish(dispatch(ref(shop, kind, item_id)))

    assert writes(shop, item_id) == ["answer"]


@KINDS
async def test_a_re_read_that_fails_leaves_a_write_without_a_yes_in_doubt(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    shop.page.canned[CREATE[kind]] = (200, {"result": False})
    shop.page.canned[LISTS[kind]] = (503, "")

    with pytest.raises(InDoubt, match="cannot be re-read"):
        await connector(shop).publish(dispatch(ref(shop, kind, item_id)))

    assert shop.page.paths().count(CREATE[kind]) == 1


@KINDS
@pytest.mark.parametrize(("status", "kind_of_error"), [(400, Refused), (422, Refused), (429, Retryable)])
async def test_a_plain_no_has_written_nothing(
    shop: Shop, kind: Kind, status: int, kind_of_error: type[Exception]
) -> None:
    item_id = shop.customer(kind)
    shop.page.canned[CREATE[kind]] = (status, {"message": "no"})
    open_account = connector(shop)

    with pytest.raises(kind_of_error):
        await open_account.publish(dispatch(ref(shop, kind, item_id)))

    assert (await open_account.sight([ref(shop, kind, item_id)]))[ItemId(item_id)].answer is None


async def test_a_write_that_was_refused_is_not_remembered_as_ours(shop: Shop) -> None:
    """Somebody marks the review as processed later: what may wait for moderation there is not our text."""
    item_id = shop.customer(Kind.REVIEW)
    shop.page.canned[CREATE[Kind.REVIEW]] = (429, "")
    open_account = connector(shop)
    with pytest.raises(Retryable):
        await open_account.publish(dispatch(ref(shop, Kind.REVIEW, item_id)))
    row = {"uuid": item_id, "published_at": shop.clock.now().isoformat(), "interaction_status": "PROCESSED"}
    shop.page.canned[LISTS[Kind.REVIEW]] = (200, {"result": [row], "hasNext": False})

    answer = (await open_account.sight([ref(shop, Kind.REVIEW, item_id)]))[ItemId(item_id)].answer

    assert answer is not None
    assert (answer.text, answer.state) == ("", AnswerState.MODERATING)


@KINDS
@pytest.mark.parametrize("gone", [404, 405, 410])
async def test_where_the_call_is_gone_the_form_is_filled_and_later_at_once(shop: Shop, kind: Kind, gone: int) -> None:
    first, second = shop.customer(kind), shop.customer(kind)
    path = CREATE[kind]
    shop.page.canned[path] = (gone, "")

    def send(page: FakePage, selector: str) -> None:
        text = page.filled["#reply-text"]
        item_id = page.url.partition("uuid=")[2]
        body = {"review_uuid": item_id, "question_id": item_id, "questionId": item_id, "text": text}
        accept(shop, kind, body)
        page.shows.add("#reply-result[data-result=sent]")

    shop.page.on_click = send
    shop.page.shows |= {f'#card:not([hidden]) [data-uuid="{item_id}"]' for item_id in (first, second)}
    open_account = connector(shop)

    await open_account.publish(dispatch(ref(shop, kind, first)))
    await open_account.publish(dispatch(ref(shop, kind, second)))

    assert (writes(shop, first), writes(shop, second)) == (["answer"], ["answer"])
    assert shop.page.paths().count(path) == 1


@KINDS
async def test_one_item_that_is_gone_is_no_sign_that_the_call_is(shop: Shop, kind: Kind) -> None:
    first, second = shop.customer(kind), shop.customer(kind)
    shop.page.canned = {
        CREATE[kind]: (404, ""),
        LISTS[kind]: (200, {"result": [], "hasNext": False, "pagination_last_id": "0"}),
    }
    open_account = connector(shop)

    with pytest.raises(Refused, match="does not list"):
        await open_account.publish(dispatch(ref(shop, kind, first)))
    shop.page.canned = {}
    await open_account.publish(dispatch(ref(shop, kind, second)))

    assert (writes(shop, first), writes(shop, second)) == ([], ["answer"])
    assert shop.page.filled == {}


@KINDS
async def test_an_answer_that_somebody_gave_meanwhile_stops_ours(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    open_account = connector(shop)
    await open_account.sight([ref(shop, kind, item_id)])
    await connector(shop).publish(dispatch(ref(shop, kind, item_id), "Это написал человек"))

    with pytest.raises(Retryable, match="meanwhile"):
        await open_account.publish(dispatch(ref(shop, kind, item_id)))

    assert shop.page.paths().count(CREATE[kind]) == 1


@pytest.mark.parametrize(("status", "sent"), [("PUBLISHED", 0), ("AWAITING_MODERATION", 0), ("MODERATION_FAILED", 1)])
async def test_where_no_call_shows_answers_the_page_is_looked_at_before_a_write(
    shop: Shop, status: str, sent: int
) -> None:
    item_id = shop.customer(Kind.QUESTION)
    await connector(shop).publish(dispatch(ref(shop, Kind.QUESTION, item_id), "Это написал человек"))
    shop.page.asked.clear()
    shop.page.canned["/api/v1/answer-list"] = (404, "")
    shop.page.shows.add(f'#card:not([hidden]) [data-uuid="{item_id}"]')
    shop.page.table = [{"uuid": "a-1", "text": "Это написал человек", "status": status}]

    with suppress(Retryable):
        await connector(shop).publish(dispatch(ref(shop, Kind.QUESTION, item_id)))

    assert shop.page.paths().count(CREATE[Kind.QUESTION]) == sent


@KINDS
@pytest.mark.parametrize(
    ("mark", "error"), [("#app", InDoubt), ("#captcha", InDoubt), ("#blocked", InDoubt), ("form#sign-in", AccountFault)]
)
async def test_a_write_that_was_led_away_is_in_doubt_unless_the_cabinet_asks_to_sign_in(
    shop: Shop, kind: Kind, mark: str, error: type[Exception]
) -> None:
    item_id = shop.customer(kind)
    fetch = shop.page.fetch

    def led_away(call: PageCall) -> PageAnswer:
        if not call.path.endswith(CREATE[kind]):
            return fetch(call)
        shop.page.shows = {mark}
        return PageAnswer(call, 200, f"{SITE}/elsewhere", "<html>")

    shop.page.fetch = led_away  # type: ignore[method-assign]  # the fake's own site redirects

    with pytest.raises(error):
        await connector(shop).publish(dispatch(ref(shop, kind, item_id)))

    assert writes(shop, item_id) == []


@KINDS
@pytest.mark.parametrize(("status", "error"), [(401, Retryable), (403, AccountFault)])
async def test_a_write_that_was_turned_away_at_the_door_was_not_written(
    shop: Shop, kind: Kind, status: int, error: type[Exception]
) -> None:
    item_id = shop.customer(kind)
    shop.page.canned[CREATE[kind]] = (status, "")

    with pytest.raises(error):
        await connector(shop).publish(dispatch(ref(shop, kind, item_id)))


@KINDS
async def test_a_new_item_with_a_hidden_comment_is_collected(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    state = {"interaction_status": "NOT_VIEWED", "comments_count": 1, "status": "NEW", "answers_count": 1}
    row = {"uuid": item_id, "id": item_id, "published_at": shop.clock.now().isoformat(), **state}
    shop.page.canned[LISTS[kind]] = (200, {"result": [row], "hasNext": False, "pagination_last_id": "0"})

    items = await collected(connector(shop), kind)

    assert [(item.item_id, item.answer) for item in items] == [(item_id, None)]


@KINDS
async def test_somebody_else_s_answer_is_not_taken_away_and_a_person_is_told(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    open_account = connector(shop)
    await open_account.publish(dispatch(ref(shop, kind, item_id), "Это написал человек"))

    with pytest.raises(Refused, match="by hand"):
        await open_account.retract(dispatch(ref(shop, kind, item_id)))

    assert writes(shop, item_id) == ["answer"]


def accept(shop: Shop, kind: Kind, body: dict[str, object]) -> None:
    """What the page's own script would do on the submit."""
    company = shop.credentials["company_id"]
    fields = {"company_id": company, "sc_company_id": company, "company_type": "seller", **body}
    canned, shop.page.canned = shop.page.canned, {}
    headers = {
        "x-o3-company-id": company,
        "x-o3-app-name": "seller-ui",
        "x-o3-language": "ru",
        "x-o3-page-type": "review" if kind is Kind.REVIEW else "questions",
    }
    assert shop.page.fetch(PageCall(path=f"{SITE}{CREATE[kind]}", json=fields, headers=headers)).status == 200
    shop.page.asked.pop()
    shop.page.canned = canned


@KINDS
@pytest.mark.parametrize("outcome", ["failed", "silent"])
async def test_a_form_that_does_not_end_well_is_in_doubt(shop: Shop, kind: Kind, outcome: str) -> None:
    item_id = shop.customer(kind)
    shop.page.canned[CREATE[kind]] = (404, "")
    shop.page.shows |= {f'#card:not([hidden]) [data-uuid="{item_id}"]', f"#reply-result[data-result={outcome}]"}

    with pytest.raises(InDoubt):
        await connector(shop).publish(dispatch(ref(shop, kind, item_id)))


async def test_answers_to_a_question_are_read_from_its_page_where_no_call_shows_them(shop: Shop) -> None:
    item_id = shop.customer(Kind.QUESTION)
    open_account = connector(shop)
    await open_account.publish(dispatch(ref(shop, Kind.QUESTION, item_id)))
    shop.page.canned["/api/v1/answer-list"] = (404, "")
    shop.page.shows.add(f'#card:not([hidden]) [data-uuid="{item_id}"]')
    shop.page.table = [{"uuid": "a-1", "text": TEXT, "status": "MODERATION_FAILED", "reason": "контакты"}]

    answer = (await open_account.sight([ref(shop, Kind.QUESTION, item_id)]))[ItemId(item_id)].answer

    assert answer is not None
    assert (answer.text, answer.state, answer.reason, answer.platform_id) == (
        TEXT,
        AnswerState.REJECTED,
        "контакты",
        "a-1",
    )


@pytest.mark.parametrize("mark", ["form#sign-in", "#captcha", "form#confirmation-code", "#blocked"])
async def test_what_stands_at_the_entrance_is_the_account_s_fault_and_names_the_command(shop: Shop, mark: str) -> None:
    item_id = shop.customer(Kind.REVIEW)
    shop.page.shows = {mark}
    open_account = connector(shop)

    for work in (
        open_account.publish(dispatch(ref(shop, Kind.REVIEW, item_id))),
        open_account.sight([ref(shop, Kind.REVIEW, item_id)]),
        collected(open_account, Kind.REVIEW),
    ):
        with pytest.raises(AccountFault, match="feedback-service login berezka/ozon"):
            await work
    assert shop.page.asked == []


@KINDS
@pytest.mark.parametrize("status", [401, 403])
async def test_a_session_that_ends_between_two_calls_is_the_account_s_fault(
    shop: Shop, kind: Kind, status: int
) -> None:
    item_id = shop.customer(kind)
    open_account = connector(shop)
    await open_account.sight([ref(shop, kind, item_id)])
    shop.page.canned = {CREATE[kind]: (status, {"message": "Необходимо войти"})}
    shop.page.on_click = lambda page, selector: None
    opened = shop.page.open

    def open_signed_out(url: str) -> None:
        opened(url)
        shop.page.shows = {"form#sign-in"}

    shop.page.open = open_signed_out  # type: ignore[method-assign]  # the fake's own page changes its looks

    with pytest.raises(AccountFault, match="login berezka/ozon"):
        await open_account.publish(dispatch(ref(shop, kind, item_id)))

    assert writes(shop, item_id) == []


@pytest.mark.parametrize(("status", "error"), [(401, Retryable), (403, AccountFault)])
async def test_a_refusal_while_the_page_is_open(shop: Shop, status: int, error: type[Exception]) -> None:
    shop.page.canned[LISTS[Kind.REVIEW]] = (status, "")

    with pytest.raises(error):
        await collected(connector(shop), Kind.REVIEW)


@KINDS
async def test_the_number_of_another_company_is_the_account_s_fault(shop: Shop, kind: Kind) -> None:
    with pytest.raises(AccountFault, match="company_id"):
        await collected(connector(shop, credentials={"company_id": "77"}), kind)


@KINDS
async def test_moderation_is_seen_while_it_lasts_and_when_it_ends(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    shop.page.impose = (Imposed("moderate", {"verdict": "reject", "delay": 100}),)
    open_account = connector(shop)

    await open_account.publish(dispatch(ref(shop, kind, item_id)))
    waiting = (await open_account.sight([ref(shop, kind, item_id)]))[ItemId(item_id)].answer
    shop.clock.advance(101)
    decided = (await open_account.sight([ref(shop, kind, item_id, age=3701)]))[ItemId(item_id)].answer

    assert waiting is not None
    assert decided is not None
    assert (waiting.state, decided.state) == (AnswerState.MODERATING, AnswerState.REJECTED)


@KINDS
async def test_many_items_are_seen_each_as_it_stands_and_a_strange_id_is_gone(kind: Kind) -> None:
    shop = Shop(options={"cabinet_page": 5})
    ids = [shop.customer(kind, age=10_000 - 100 * number) for number in range(25)]
    open_account = connector(shop)
    await open_account.publish(dispatch(ref(shop, kind, ids[3], 9700)))
    refs = [ref(shop, kind, item_id, 10_000 - 100 * number) for number, item_id in enumerate(ids)]

    sightings = await open_account.sight([*refs, ref(shop, kind, "Z" * 20)])

    assert [item_id for item_id in ids if sightings[ItemId(item_id)].answer] == [ids[3]]
    assert sightings[ItemId("Z" * 20)].item is None
    assert all(sightings[ItemId(item_id)].item for item_id in ids)


async def test_dates_that_the_list_takes_otherwise_hide_nothing(shop: Shop) -> None:
    """The names of the dates in the list's filter are a guess; here the item lies outside of what was asked for."""
    item_id = shop.customer(Kind.REVIEW)

    seen = await connector(shop).sight([ref(shop, Kind.REVIEW, item_id, age=3600 + 5 * 86400)])

    assert seen[ItemId(item_id)].item is not None


@KINDS
async def test_an_answer_of_ours_is_taken_away_and_taking_it_away_again_is_harmless(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    open_account = connector(shop)
    receipt = await open_account.publish(dispatch(ref(shop, kind, item_id)))

    await open_account.retract(dispatch(ref(shop, kind, item_id), receipt_id=receipt.platform_id))
    seen = (await open_account.sight([ref(shop, kind, item_id)]))[ItemId(item_id)]

    assert seen.answer is None
    await open_account.retract(dispatch(ref(shop, kind, item_id)))


@KINDS
async def test_where_nothing_can_be_taken_away_a_person_is_sent_there(shop: Shop, kind: Kind) -> None:
    item_id = shop.customer(kind)
    open_account = connector(shop)
    receipt = await open_account.publish(dispatch(ref(shop, kind, item_id)))
    shop.page.canned = {"/api/review/comment/delete": (404, ""), "/api/v1/delete-answer": (404, "")}

    with pytest.raises(Refused, match="by hand"):
        await open_account.retract(dispatch(ref(shop, kind, item_id), receipt_id=receipt.platform_id))


async def test_check_tells_the_session_and_the_caveat(shop: Shop) -> None:
    shop.customer(Kind.REVIEW)

    facts = await connector(shop).check()

    assert all(fact.ok for fact in facts)
    assert "1 reviews" in facts[-1].finding
    assert "no permission" in facts[0].finding


async def test_check_reports_trouble_with_a_remedy_instead_of_raising(shop: Shop) -> None:
    shop.page.shows = {"#captcha"}
    (captcha,) = [fact for fact in await connector(shop).check() if not fact.ok]
    shop.page.shows = set()
    (strange,) = [fact for fact in await connector(shop).check() if not fact.ok]

    assert "login berezka/ozon" in captcha.remedy
    assert strange.remedy


async def test_a_text_out_of_bounds_and_an_edit_never_reach_the_browser(shop: Shop) -> None:
    open_account = connector(shop)

    for one in (
        dispatch(ref(shop, Kind.REVIEW, "r"), "ж" * 1001),
        dispatch(ref(shop, Kind.QUESTION, "q"), "ж"),
        dispatch(ref(shop, Kind.REVIEW, "r"), action=Action.EDIT),
    ):
        with pytest.raises(Refused):
            await open_account.publish(one)
    assert (shop.page.opened, shop.page.asked) == ([], [])


@pytest.mark.parametrize("company", ["", "abc", "12 3"])
def test_a_company_id_that_cannot_be_right_is_a_wrong_configuration(shop: Shop, company: str) -> None:
    with pytest.raises(Configuration, match="company_id"):
        connector(shop, credentials={"company_id": company})


def test_without_a_browser_there_is_no_cabinet(shop: Shop) -> None:
    with pytest.raises(Configuration, match="browser"):
        connector(shop, browser=None)


async def test_a_selector_of_one_s_own_replaces_ours(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "ozon.toml").write_text('[marks]\nready = "main.new"\n', "utf-8")
    shop.page.shows = {"main.new"}

    assert await collected(connector(shop, selectors=tmp_path), Kind.REVIEW) == []
