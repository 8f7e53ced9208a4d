"""The pages of the Flamp replica by which a representative answers, as a signed-in browser gets them."""

from __future__ import annotations

import pytest

from feedback_service.ports.replica import CustomerEdit, HasPages, ReplicaRequest
from tests.support.flamp_replica import Firm, Shown

TEXT = "Спасибо, ждём снова!"
NASTY = "<script>alert(\"1\")</script> & 'so' on\nвторая строка 🙂"


@pytest.fixture
def firm() -> Firm:
    return Firm()


def test_it_has_pages_behind_a_cookie(firm: Firm) -> None:
    assert isinstance(firm.replica, HasPages)
    assert (firm.replica.pages, firm.replica.session_cookies) == ("/cabinet", ("flamp_session",))


def test_the_entrance_names_the_companies_and_these_their_reviews() -> None:
    firm = Firm({"filials": 2})
    waiting, answered = firm.review(age=20, product=firm.filial), firm.review(age=10, product=firm.filial, rating=1)
    firm.answer(answered)

    entrance = firm.page()
    company = firm.page(f"/firm/{firm.filial}")

    assert entrance.each("a.company", "data-id") == firm.filials
    assert entrance.each("a.company", "href")[0] == f"/flamp/cabinet/firm/{firm.filial}"
    assert company.each("article.review a.open", "href") == [f"/flamp/cabinet/r/{one}" for one in (answered, waiting)]
    assert company.each("article.review", "data-answer") == ["visible", "none"]
    assert company.each("article.review", "data-rating") == ["1", "4"]
    assert company.each("article.review", "data-created-at")[0] == "2026-03-10T18:59:50+07:00"


def test_a_company_has_pages_of_twenty(firm: Firm) -> None:
    numbers = [firm.review(age=age).partition("/")[2] for age in range(45)]

    pages = [firm.page(f"/firm/{firm.filial}", query={"page": page}) for page in ("1", "2", "3", "4", "x", "9" * 30)]

    shown = [page.each("article.review", "data-id") for page in pages]
    assert shown == [numbers[:20], numbers[20:40], numbers[40:], [], numbers[:20], numbers[:20]]
    assert pages[1].each("a[rel=next]", "href") == [f"/flamp/cabinet/firm/{firm.filial}?page=3"]
    assert pages[2].each("a[rel=next]", "href") == []


def test_an_answer_stands_on_the_page_in_the_api_and_in_the_ledger(firm: Firm) -> None:
    item = firm.review()

    sent = firm.answer(item, TEXT)

    page = firm.page(f"/r/{item}")
    (shown,) = firm.reviews()
    assert (sent.status, sent.headers["location"]) == (303, f"/flamp/cabinet/r/{item}")
    assert (page.text(".official-answer .text"), firm.states(item)) == (TEXT, ["visible"])
    assert page.each(".official-answer", "data-id") == [str(shown["official_answer"]["id"])]
    assert (firm.entry(item).answers, firm.entry(item).visible, firm.effects(item)) == (1, TEXT, ["answer"])


def test_a_second_answer_stands_beside_the_first_and_the_customer_notices(firm: Firm) -> None:
    item = firm.review()

    firm.answer(item, "Первый")
    firm.answer(item, "Второй")

    assert firm.page(f"/r/{item}").each(".answers", "data-count") == ["2"]
    assert (firm.entry(item).answers, firm.reviews()[0]["official_answer"]["text"]) == (2, "Второй")


def test_an_answer_can_be_deleted_and_the_others_stay(firm: Firm) -> None:
    item = firm.review()
    firm.answer(item, "Первый")
    first = firm.reviews()[0]["official_answer"]["id"]
    firm.answer(item, "Второй")

    fields = firm.page(f"/r/{item}").fields(f'.official-answer[data-id="{first}"] form.delete')
    once, again = firm.send(item, fields), firm.send(item, fields)

    assert (once.status, again.status) == (303, 422)
    assert Shown(again).text(".form-error") == "Этого ответа уже нет"
    assert (firm.entry(item).visible, firm.effects(item)) == ("Второй", ["answer", "answer", "retract"])


def test_a_colleague_s_answer_counts_but_is_none_of_our_writes(firm: Firm) -> None:
    item = firm.review()

    answer = firm.replica.answer_by_hand(firm.key, item, "Ответили сами")

    assert firm.reviews()[0]["official_answer"]["id"] == answer
    assert (firm.entry(item).answers, firm.effects(item), firm.states(item)) == (1, [], ["visible"])


@pytest.mark.parametrize("text", ["ы" * 3000, "🙂" * 3000, "1", NASTY])
def test_a_text_is_kept_as_it_was_typed(firm: Firm, text: str) -> None:
    item = firm.review()

    assert firm.answer(item, text.replace("\n", "\r\n")).status == 303
    assert firm.entry(item).visible == text
    assert firm.page(f"/r/{item}").text(".official-answer .text") == text


@pytest.mark.parametrize(
    ("text", "words"), [("", "Введите текст"), (" \r\n\u00a0", "Введите текст"), ("<ы" * 1501, "не больше 3000")]
)
def test_a_text_that_does_not_fit_comes_back_with_a_complaint_beside_the_form(
    firm: Firm, text: str, words: str
) -> None:
    item = firm.review()

    told = Shown(firm.answer(item, text))

    assert (told.status, words in told.text("form.reply .form-error")) == (422, True)
    assert told.text("form.reply textarea") == text.strip()
    assert firm.effects(item) == []


def test_a_form_needs_the_hidden_field_of_its_own_account_and_of_the_last_two_hours(firm: Firm) -> None:
    item = firm.review()
    neighbour = Firm(replica=firm.replica, key="sosed")
    theirs = neighbour.page(f"/r/{neighbour.review()}").fields("form.reply")
    fields = {**firm.page(f"/r/{item}").fields("form.reply"), "text": TEXT}

    for wrong in ({"csrf": ""}, {"csrf": "0.0"}, {"csrf": "ы"}, {"csrf": theirs["csrf"]}):
        assert firm.send(item, {**fields, **wrong}).status == 403
    firm.at += 7200

    assert "Форма устарела" in Shown(firm.send(item, fields)).text("h1.problem")
    assert firm.effects(item) == []


@pytest.mark.parametrize(
    "more", [{"media": "application/json"}, {"body": b"\xff"}, {"body": b"a=1&" * 50}, {"body": b""}]
)
def test_a_body_that_is_no_form_writes_nothing(firm: Firm, more: dict[str, object]) -> None:
    item = firm.review()
    fields = {**firm.page(f"/r/{item}").fields("form.reply"), "text": TEXT}

    assert firm.send(item, fields, **more).status == 403
    assert firm.effects(item) == []


def test_moderation_is_marked_in_the_cabinet_and_hidden_from_the_api(firm: Firm) -> None:
    item = firm.review()

    firm.answer(item, imposed={"moderate": {"verdict": "reject", "delay": 100, "reason": "Ссылка"}})
    waiting = firm.page(f"/r/{item}"), firm.page(f"/firm/{firm.filial}"), firm.entry(item).answers
    firm.at += 100
    declined = firm.page(f"/r/{item}")

    assert (waiting[0].text(".mark"), waiting[1].text(".mark"), waiting[2]) == ("на модерации", "на модерации", 1)
    assert waiting[1].each("article.review", "data-answer") == ["moderating"]
    assert (declined.text(".mark"), declined.each(".official-answer", "data-state")) == (
        "отклонён: Ссылка",
        ["rejected"],
    )
    assert (firm.reviews()[0]["official_answer"], firm.entry(item).answers) == (None, 0)


def test_moderation_may_always_take_its_time() -> None:
    firm = Firm({"moderation_delay": 60})
    item = firm.review()
    firm.answer(item)

    before = firm.reviews()[0]["official_answer"], firm.states(item)
    firm.at += 60

    assert before == (None, ["moderating"])
    assert (firm.reviews()[0]["official_answer"]["text"], firm.states(item)) == (TEXT, ["visible"])


def test_a_swallowed_form_succeeds_and_nothing_is_kept(firm: Firm) -> None:
    item = firm.review()

    sent = firm.answer(item, imposed={"swallow": {}})
    firm.answer(item, "Второй")
    answer = firm.reviews()[0]["official_answer"]["id"]
    deleted = firm.delete(item, answer, imposed={"swallow": {}})

    assert (sent.status, deleted.status) == (303, 303)
    assert (firm.effects(item), firm.entry(item).visible) == (["ignored", "answer", "ignored"], "Второй")


def test_the_api_may_lag_behind_the_cabinet() -> None:
    firm = Firm({"lag": 30})
    item = firm.review()
    firm.answer(item)

    early = firm.reviews()[0]["official_answer"], firm.states(item)
    firm.at += 30

    assert early == (None, ["visible"])
    assert firm.reviews()[0]["official_answer"]["text"] == TEXT


def test_too_often_is_a_page_that_names_the_seconds_and_nothing_is_written(firm: Firm) -> None:
    item = firm.review()

    told = Shown(firm.answer(item, imposed={"too_many_requests": {"retry_after": 17}}))

    assert (told.status, told.text("h1.problem")) == (429, "Слишком часто, попробуйте через 17 секунд")
    assert firm.effects(item) == []


def test_broken_and_signed_out_are_pages_and_nothing_is_written(firm: Firm) -> None:
    item = firm.review()

    broken = Shown(firm.answer(item, imposed={"server_error": {}}))
    out = Shown(firm.answer(item, imposed={"expire": {}}))

    assert (broken.status, broken.each("main", "data-view")) == (500, ["problem"])
    assert (out.status, len(out.soup.select("form#sign-in"))) == (401, 1)
    assert firm.effects(item) == []


def test_somebody_else_s_company_is_shown_without_forms_and_takes_none(firm: Firm) -> None:
    neighbour = Firm(replica=firm.replica, key="sosed")
    theirs = neighbour.review()
    neighbour.answer(theirs)
    fields = {**firm.page(f"/r/{firm.review()}").fields("form.reply"), "text": TEXT}

    page, sent = firm.page(f"/r/{theirs}"), firm.send(theirs, fields)

    assert (page.status, page.soup.select("form"), page.text(".claim")) == (200, [], "Это моя компания")
    assert (sent.status, neighbour.effects(theirs)) == (403, ["answer"])
    assert [(one.account, one.item) for one in firm.replica.ledger(firm.at).unknown_writes] == [("pekarnya", theirs)]


def test_whoever_is_not_confirmed_has_no_company_and_no_form(firm: Firm) -> None:
    item = firm.review()
    fields = {**firm.page(f"/r/{item}").fields("form.reply"), "text": TEXT}

    firm.reopen(unconfirmed=True)

    assert firm.page().each("a.company", "data-id") == []
    assert firm.page(f"/r/{item}").soup.select("form") == []
    assert (firm.send(item, fields).status, firm.effects(item)) == (403, [])


def test_a_review_from_2gis_is_not_answered_here(firm: Firm) -> None:
    own = firm.review()
    firm.reopen(from_2gis=1)
    number = firm.page(f"/firm/{firm.filial}").each('article.review[data-provider="2gis"]', "data-id")[0]
    item = f"{firm.filial}/{number}"

    page = firm.page(f"/r/{item}")
    sent = firm.send(item, {**firm.page(f"/r/{own}").fields("form.reply"), "text": TEXT})

    assert (page.soup.select("form"), "2gis" in page.text(".elsewhere")) == ([], True)
    assert (sent.status, firm.effects(item)) == (403, [])


def test_what_is_not_there_is_not_found_and_a_write_to_it_is_noted() -> None:
    firm = Firm({"filials": 2})
    item, gone = firm.review(product=firm.filial), firm.review(product=firm.filial)
    fields = {**firm.page(f"/r/{item}").fields("form.reply"), "text": TEXT}
    firm.replica.remove(firm.key, gone)
    elsewhere = f"{firm.filials[1]}/{item.partition('/')[2]}"

    statuses = [
        firm.page(f"/r/{one}").status for one in (gone, elsewhere, "7/7", "семь/7", f"{firm.filial}/{'9' * 30}")
    ]
    sent = [firm.send(one, fields).status for one in (gone, elsewhere)]

    assert (statuses, sent) == ([404] * 5, [404] * 2)
    assert (firm.page("/firm/7").status, firm.page("/elsewhere").status) == (404, 404)
    assert [one.item for one in firm.replica.ledger(firm.at).unknown_writes] == [gone, elsewhere]


def test_only_the_forms_of_a_review_are_writes(firm: Firm) -> None:
    path = f"/cabinet/r/{firm.review()}"

    told = [firm.replica.writes(*one) for one in (("POST", path), ("GET", path), ("POST", "/cabinet/__gate/clearance"))]

    assert told == [True, False, False]


def test_whose_call_it_is_follows_from_the_filial_and_in_the_cabinet_from_the_session(firm: Firm) -> None:
    paths = (f"/firm/{firm.filial}/", f"/firm/kompaniya-{firm.filial}", f"/api/2.0/filials/{firm.filial}/reviews", "/x")

    owners = [firm.replica.account_of(ReplicaRequest("GET", path, firm.at)) for path in paths]

    assert owners == ["pekarnya"] * 3 + [None]
    assert firm.replica.account_of(ReplicaRequest("GET", "/cabinet", firm.at, signed_in="sosed")) == "sosed"


def test_an_edited_review_is_marked_on_its_page(firm: Firm) -> None:
    item = firm.review("Было")

    firm.replica.edit_customer(firm.key, item, CustomerEdit(text=NASTY, rating=1))

    page = firm.page(f"/r/{item}")
    assert (page.text("article.review .text"), page.text(".edited")) == (NASTY, "отредактирован")
    assert page.each("article.review", "data-rating") == ["1"]


def test_a_lone_surrogate_breaks_nothing(firm: Firm) -> None:
    item = firm.review("a\ud83db", author="\udc00")

    assert (firm.page(f"/r/{item}").status, firm.hops()[-1].status, firm.read().status) == (200, 200, 200)
    assert firm.reviews()[0]["text"] == "a\ud83db"


def test_opening_a_company_again_keeps_what_was_written(firm: Firm) -> None:
    item = firm.review()
    firm.answer(item)
    before = dict(firm.credentials)

    firm.reopen()

    assert (firm.credentials, firm.states(item)) == (before, ["visible"])
