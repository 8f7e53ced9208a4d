"""The Zoon replica's invented cabinet: reviews with their threads, and the forms that answer and delete."""

from __future__ import annotations

import pytest

from feedback_service.ports.replica import SandboxCustomer
from tests.support.zoon_replica import Cafe, shown, soup, texts

THREAD = ".thread .answer[data-author=organization]"


def test_the_first_page_leads_to_the_reviews_of_each_organisation() -> None:
    cafe = Cafe({"organizations": 2})

    page = soup(cafe.ask("GET", "/cabinet").body.decode())

    links = [one["href"] for one in page.select("main[data-view=organizations] .organizations a[href]")]
    assert links == [f"/zoon/cabinet/organizations/{one}/reviews" for one in cafe.organization_ids]


def test_a_review_is_shown_as_its_customer_wrote_it() -> None:
    cafe = Cafe({"years": "always"})
    item = cafe.review("Вкусно\n<b>и тепло</b>", author="Аглая", rating=2)
    bare = cafe.review("", rating=None)

    card = cafe.card(item)

    told = [texts(card, f":scope > .{name}") for name in ("author", "date", "rating", "text")]
    assert told == [["Аглая"], ["10 марта 2026 в 14:59"], ["2"], ["Вкусно\n<b>и тепло</b>"]]
    assert (cafe.card(bare).get("data-rating"), cafe.card(bare).select(".rating")) == (None, [])


def test_an_answer_is_written_once_and_stands_in_the_thread() -> None:
    cafe = Cafe()
    item = cafe.review()

    page = cafe.follow(cafe.answer(item, "  Спасибо!\nЖдём 🙏 "))

    (answer,) = page.select(f'article[data-id="{item}"] {THREAD}')
    assert (texts(answer, ".text"), texts(answer, ".state")) == (["Спасибо!\nЖдём 🙏"], ["опубликован"])
    assert (answer["data-state"], texts(answer, ".date")) == ("published", ["10 марта 2026 в 15:00"])
    assert (cafe.entry(item).answers, cafe.entry(item).visible) == (1, "Спасибо!\nЖдём 🙏")


def test_a_second_answer_is_a_second_comment() -> None:
    cafe = Cafe()
    item = cafe.review()

    cafe.answer(item, "Раз")
    cafe.answer(item, "Два")

    assert texts(cafe.card(item), f"{THREAD} .text") == ["Раз", "Два"]
    assert (cafe.entry(item).answers, cafe.effects(item)) == (2, ["answer", "answer"])


@pytest.mark.parametrize(("verdict", "state"), [("approve", "опубликован"), ("reject", "отклонён: реклама")])
def test_the_thread_tells_of_moderation(verdict: str, state: str) -> None:
    cafe = Cafe()
    item = cafe.review()
    cafe.answer(item, imposed={"moderate": {"verdict": verdict, "delay": 100, "reason": "реклама"}})

    before = texts(cafe.card(item), ".state"), cafe.entry(item).visible, cafe.entry(item).answers
    cafe.at += 100
    after = texts(cafe.card(item), ".state")

    assert before == (["на модерации"], None, 1)
    assert after == [state]
    assert cafe.entry(item).answers == (1 if verdict == "approve" else 0)
    assert bool(cafe.items()[0].select(".subcomments")) is (verdict == "approve")


def test_an_answer_can_be_deleted_and_then_is_nowhere() -> None:
    cafe = Cafe()
    item = cafe.review()
    cafe.answer(item)
    form = cafe.card(item).select_one("form.delete")

    page = cafe.follow(cafe.send(form))
    again = cafe.send(form)

    assert page.select(THREAD) == []
    assert cafe.items()[0].select(".subcomments") == []
    assert (again.status, cafe.effects(item)) == (404, ["answer", "retract"])
    assert (cafe.entry(item).answers, cafe.entry(item).visible) == (0, None)


@pytest.mark.parametrize(("length", "taken"), [(0, False), (1, True), (2000, True), (2001, False)])
def test_a_text_out_of_bounds_comes_back_with_the_reason_beside_it(length: int, taken: bool) -> None:
    cafe = Cafe()
    other, item = cafe.review(), cafe.review()

    answered = cafe.answer(item, "ж" * length)

    assert cafe.effects(item) == (["answer"] if taken else [])
    if not taken:
        page = soup(answered.body.decode())
        expected = f"Длина ответа должна быть от 1 до 2000 символов, сейчас {length}"
        assert answered.status == 400
        assert texts(page, f'article[data-id="{item}"] form.reply .form-error') == [expected]
        assert texts(page, f'article[data-id="{item}"] textarea')[0].strip() == "ж" * length
        assert page.select(f'article[data-id="{other}"] .form-error') == []


def test_a_form_meets_faults_and_nothing_is_written() -> None:
    cafe = Cafe()
    item = cafe.review()

    limited = cafe.answer(item, imposed={"too_many_requests": {"retry_after": 17}})
    broken = cafe.answer(item, imposed={"server_error": {"status": 502}})
    expired = cafe.answer(item, imposed={"expire": {}})

    assert (limited.status, shown(limited)) == (429, "Слишком часто, попробуйте через 17 секунд")
    assert (broken.status, shown(broken)) == (502, "Сайт временно недоступен")
    assert expired.headers["location"].startswith("/zoon/cabinet/__gate/sign-in?next=")
    assert cafe.effects(item) == []


def test_a_swallowed_answer_looks_taken_and_is_nowhere() -> None:
    cafe = Cafe()
    item = cafe.review()

    page = cafe.follow(cafe.answer(item, imposed={"swallow": {}}))

    assert page.select(THREAD) == []
    assert (cafe.effects(item), cafe.entry(item).answers) == (["ignored"], 0)


def test_a_form_needs_its_seal_of_this_account_and_not_too_old() -> None:
    cafe = Cafe()
    other = Cafe(replica=cafe.replica, key="bulochnaya")
    item = cafe.review()
    form = cafe.card(item).select_one("form.reply")
    assert form is not None

    foreign = other.send(form, "Спасибо!")
    cafe.at += 2 * 3600
    late = cafe.send(form, "Спасибо!")
    bare = cafe.send(form, "Спасибо!", body=b"text=1")

    assert [foreign.status, late.status, bare.status] == [403, 403, 403]
    assert "Форма устарела" in shown(late)
    assert cafe.effects(item) == []


def test_what_is_not_the_owner_s_cannot_be_seen_or_answered() -> None:
    cafe = Cafe()
    other = Cafe(replica=cafe.replica, key="bulochnaya")
    item, own = other.review(), cafe.review()
    seal = cafe.card(own).select("form.reply input[name=csrf]")[0]["value"]
    body = f"csrf={seal}&text=1".encode()
    path = f"/cabinet/organizations/{{}}/reviews/{item}/answers"
    headers = {"content-type": "application/x-www-form-urlencoded"}

    seen = cafe.ask("GET", f"/cabinet/organizations/{other.organization}/reviews")
    foreign = cafe.ask("POST", path.format(other.organization), headers=headers, body=body)
    mixed = cafe.ask("POST", path.format(cafe.organization), headers=headers, body=body)

    assert [seen.status, foreign.status, mixed.status] == [403, 403, 404]
    assert other.effects(item) == []
    assert [(one.account, one.item) for one in cafe.replica.ledger(cafe.at).unknown_writes] == [("pekarnya", item)] * 2


def test_a_review_is_answered_on_its_own_organisation_s_page_only() -> None:
    cafe = Cafe({"organizations": 2})
    first, second = cafe.organization_ids
    item = cafe.review(product=first)
    form = cafe.card(item).select_one("form.reply")
    assert form is not None
    form["action"] = str(form["action"]).replace(first, second)

    assert cafe.send(form, "Спасибо!").status == 404
    assert cafe.effects(item) == []


def test_a_removed_review_cannot_be_answered_any_more() -> None:
    cafe = Cafe()
    item = cafe.review()
    form = cafe.card(item).select_one("form.reply")
    cafe.replica.remove(cafe.key, item)

    assert cafe.send(form, "Спасибо!").status == 404
    assert cafe.effects(item) == []


def test_reviews_lie_on_pages_of_twenty_and_a_form_leads_back_to_its_own() -> None:
    cafe = Cafe()
    ids = [cafe.review(age=1000 - number) for number in range(41)]

    first = cafe.cabinet()
    last = cafe.cabinet(3)
    form = last.select_one(f'article[data-id="{ids[0]}"] form.reply')
    back = cafe.follow(cafe.send(form, "Спасибо!"))

    (main,) = first.select("main[data-view=reviews]")
    assert (main["data-pages"], main["data-total"], main["data-owner-id"]) == ("3", "41", cafe.organization)
    assert [one["data-id"] for one in first.select("article.review")] == ids[:20:-1]
    assert [one["href"] for one in first.select("a[rel=next]")] == [
        f"/zoon/cabinet/organizations/{cafe.organization}/reviews?page=2"
    ]
    assert last.select("a[rel=next]") == []
    assert texts(back, f'article[data-id="{ids[0]}"] {THREAD} .text') == ["Спасибо!"]


def test_a_customer_s_comment_in_the_thread_has_no_form_and_no_state() -> None:
    cafe = Cafe()
    item = cafe.review()
    said = SandboxCustomer("review", cafe.at, "И ещё", author="Аглая", supplement_of=item)
    cafe.replica.add(cafe.key, said)

    (comment,) = cafe.card(item).select(".thread .answer[data-author=user]")

    assert (texts(comment, ".text"), comment.select("form, .state"), comment.get("data-state")) == (["И ещё"], [], None)


def test_an_owner_of_nothing_sees_an_empty_cabinet() -> None:
    cafe = Cafe({"organizations": 0})

    page = soup(cafe.ask("GET", "/cabinet/").body.decode())

    assert page.select("main[data-view=organizations] a") == []
    assert cafe.ask("GET", "/cabinet", signed_in="nobody").status == 403
