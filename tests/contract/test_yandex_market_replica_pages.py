"""The cabinet of the Yandex.Market replica as a signed-in browser gets it: lists, items, forms, refusals."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from feedback_service.ports.replica import HasPages, ReplicaResponse
from tests.support.yandex_shop import YandexShop

NASTY = "<script>alert(\"1\")</script> & 'so' on"


@pytest.fixture
def shop() -> YandexShop:
    return YandexShop()


def html(response: ReplicaResponse) -> str:
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.body.decode()


def ids(response: ReplicaResponse) -> list[int]:
    return [int(one) for one in re.findall(r'<article class="\w+" data-id="(\d+)"', html(response))]


class Balance(HTMLParser):
    """Fails where a tag is closed that is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "link", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_it_has_pages_behind_yandex_cookies(shop: YandexShop) -> None:
    assert isinstance(shop.replica, HasPages)
    assert (shop.replica.pages, shop.replica.session_cookies) == ("/cabinet", ("Session_id", "sessionid2"))


@pytest.mark.parametrize("path", ["/cabinet", "/cabinet/", "/cabinet/business"])
def test_the_entrance_leads_to_what_waits(shop: YandexShop, path: str) -> None:
    response = shop.page("", whole_path=path)

    where = f"/yandex_market/cabinet/business/{shop.business}/reviews?status=need_reaction"
    assert (response.status, response.headers["location"]) == (303, where)


def test_the_list_shows_reviews_with_all_their_parts(shop: YandexShop) -> None:
    number = shop.review("Целая", pros="Лёгкая", cons="Мала", rating=4, author="Вера", product="Кружка", photos=2)
    shop.comment(number, "Спасибо!", imposed={"moderate": {"verdict": "reject", "reason": "Ссылка"}})

    text = html(shop.page("reviews"))

    for part in (
        f'data-id="{number}" data-created-at="2026-03-10T14:59:00.000+03:00"',
        'data-rating="4"',
        '<h2 class="product">Кружка</h2>',
        '<p class="author">Вера</p>',
        '<p class="advantages">Лёгкая</p>',
        '<p class="disadvantages">Мала</p>',
        '<p class="comment">Целая</p>',
        '<p class="photos" data-count="2">',
        'data-status="BANNED"',
        'data-reason="Ссылка"',
        f'href="reviews/{number}"',
    ):
        assert part in text


def test_the_list_shows_what_waits_or_all_newest_first(shop: YandexShop) -> None:
    old, done, new = shop.review(age=300), shop.review(age=200), shop.review(age=100)
    shop.comment(done)

    assert ids(shop.page("reviews", query={"status": "need_reaction"})) == [new, old]
    assert ids(shop.page("reviews", query={"status": "all"})) == [new, done, old]


def test_the_list_has_pages(shop: YandexShop) -> None:
    numbers = [shop.review(age=age) for age in range(1, 46)]

    pages = [shop.page("reviews", query={"status": "all", "page": str(number)}) for number in (1, 2, 3, 4)]

    assert [ids(page) for page in pages] == [numbers[:20], numbers[20:40], numbers[40:], []]
    assert 'data-page="2" data-pages="3" data-total="45"' in html(pages[1])
    assert '<a rel="next" href="reviews?status=all&amp;page=3">' in html(pages[1])
    assert 'rel="next"' not in html(pages[2])


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30])
def test_a_page_that_cannot_be_read_is_the_first(shop: YandexShop, page: str) -> None:
    number = shop.review()

    assert ids(shop.page("reviews", query={"page": page})) == [number]


def test_questions_wait_until_they_are_answered(shop: YandexShop) -> None:
    number = shop.question("Какой объём?", author="Анна")
    waiting = shop.page("questions", query={"status": "need_reaction"})

    shop.page(f"questions/{number}")
    seen = shop.page("questions", query={"status": "need_reaction"})
    shop.answer(number)

    assert (ids(waiting), ids(seen)) == ([number], [number])
    assert '<p class="text">Какой объём?</p>' in html(waiting)
    assert ids(shop.page("questions", query={"status": "need_reaction"})) == []


def test_an_opened_review_needs_no_reaction(shop: YandexShop) -> None:
    number = shop.review()

    shop.page(f"reviews/{number}")

    assert shop.read(number)["needReaction"] is False
    assert shop.effects(number) == []


@pytest.mark.parametrize("section", ["reviews", "questions"])
def test_a_reply_sent_by_the_form_is_what_the_api_shows(shop: YandexShop, section: str) -> None:
    number = shop.review() if section == "reviews" else shop.question()

    sent = shop.send(f"{section}/{number}", text="  Спасибо!\r\nЖдём вас.  ")

    entry = shop.entry(number)
    own = shop.comments(number) if section == "reviews" else shop.answers(number)
    assert (sent.status, sent.headers["location"]) == (303, str(number))
    assert (own[0]["text"], own[0]["status"]) == ("Спасибо!\nЖдём вас.", "PUBLISHED")
    assert (entry.answers, entry.visible, shop.effects(number)) == (1, "Спасибо!\nЖдём вас.", ["answer"])
    assert f'data-id="{own[0]["id"]}" data-status="PUBLISHED"' in html(shop.page(f"{section}/{number}"))


def test_an_own_comment_is_edited_and_deleted_by_its_forms(shop: YandexShop) -> None:
    number = shop.review()
    own = shop.comment(number).document["result"]["id"]

    edited = shop.send(f"reviews/{number}", "edit", "Спасибо, Вера!", comment=own)
    seen = shop.entry(number).visible
    deleted = shop.send(f"reviews/{number}", "delete", comment=own)

    assert (edited.status, deleted.status, seen) == (303, 303, "Спасибо, Вера!")
    assert shop.effects(number) == ["answer", "edit", "retract"]
    assert (shop.comments(number), shop.entry(number).answers) == ([], 0)


def test_a_second_reply_is_taken_and_counted(shop: YandexShop) -> None:
    number = shop.review()

    statuses = [shop.send(f"reviews/{number}").status for _ in range(2)]

    assert (statuses, shop.entry(number).answers) == ([303, 303], 2)


def test_a_customers_comment_has_a_form_of_its_own(shop: YandexShop) -> None:
    number = shop.review()
    customers = shop.supplement(number)

    shop.send(f"reviews/{number}", "reply", "Уже отвечаем", comment=customers)

    assert [(one["parentId"], one["text"]) for one in shop.comments(number) if "parentId" in one] == [
        (customers, "Уже отвечаем")
    ]


@pytest.mark.parametrize(
    ("section", "length", "status"),
    [
        ("reviews", 0, 400),
        ("reviews", 4096, 303),
        ("reviews", 4097, 400),
        ("questions", 5000, 303),
        ("questions", 5001, 400),
    ],
)
def test_a_text_that_does_not_fit_comes_back(shop: YandexShop, section: str, length: int, status: int) -> None:
    number = shop.review() if section == "reviews" else shop.question()

    sent = shop.send(f"{section}/{number}", text="ы" * length)

    assert sent.status == status
    if status == 400:
        assert f"сейчас {length}</p><textarea" in html(sent)
        assert f"\n{'ы' * length}</textarea>" in html(sent)
        assert html(sent).count("form-error") == 2  # the style and the message
        assert shop.effects(number) == []


def test_an_error_stands_beside_the_form_that_was_sent(shop: YandexShop) -> None:
    number = shop.review()
    own = shop.comment(number, "Спасибо!").document["result"]["id"]

    text = html(shop.send(f"reviews/{number}", "edit", "", comment=own))

    assert re.search(r'<form class="edit"(?:(?!</form>).)*form-error', text)
    assert not re.search(r'<form class="reply"(?:(?!</form>).)*form-error', text)


def test_blanks_are_no_reply(shop: YandexShop) -> None:
    assert shop.send(f"reviews/{shop.review()}", text=" \n ").status == 400


@pytest.mark.parametrize("seal", ["", "x", "1-2", "٣-2"])
def test_a_form_without_the_pages_token_is_refused(shop: YandexShop, seal: str) -> None:
    number = shop.review()

    sent = shop.page(f"reviews/{number}", form={"csrf": seal, "action": "reply", "text": "Спасибо!"})

    assert (sent.status, shop.effects(number)) == (403, [])
    assert 'class="problem"' in html(sent)


def test_an_old_form_is_refused(shop: YandexShop) -> None:
    number = shop.review()
    seal = re.findall(r'name="csrf" value="([^"]*)"', html(shop.page(f"reviews/{number}")))[0]
    form = {"csrf": seal, "action": "reply", "text": "Спасибо!"}

    statuses = []
    for later in (7199, 1):
        shop.at += later
        statuses.append(shop.page(f"reviews/{number}", form=form).status)

    assert statuses == [303, 403]


def test_a_form_of_another_cabinet_is_refused(shop: YandexShop) -> None:
    other = YandexShop(shop.replica, key="other")
    mine, theirs = shop.review(), other.review()
    seal = re.findall(r'name="csrf" value="([^"]*)"', html(other.page(f"reviews/{theirs}")))[0]

    assert shop.page(f"reviews/{mine}", form={"csrf": seal, "action": "reply", "text": "Спасибо!"}).status == 403


def test_a_swallowed_form_looks_sent_and_stores_nothing(shop: YandexShop) -> None:
    number = shop.review()

    sent = shop.send(f"reviews/{number}", imposed={"swallow": {}})

    assert (sent.status, shop.comments(number)) == (303, [])
    assert (shop.effects(number), shop.entry(number).answers) == (["ignored"], 0)


def test_moderation_says_why_it_declined(shop: YandexShop) -> None:
    number = shop.review()

    shop.send(f"reviews/{number}", imposed={"moderate": {"verdict": "reject", "reason": "Ссылка"}})

    text = html(shop.page(f"reviews/{number}"))
    assert 'data-status="BANNED"' in text
    assert 'data-reason="Ссылка"' in text
    assert shop.entry(number).answers == 0


@pytest.mark.parametrize(("kind", "status"), [("server_error", 500), ("unavailable", 503), ("too_many_requests", 429)])
def test_a_broken_cabinet_says_so_in_html(shop: YandexShop, kind: str, status: int) -> None:
    response = shop.page("reviews", imposed={kind: {}})

    assert (response.status, 'class="problem"' in html(response)) == (status, True)


def test_another_cabinets_pages_are_refused(shop: YandexShop) -> None:
    other = YandexShop(shop.replica, key="other")
    number = other.review()
    paths = ("reviews", f"reviews/{number}", "questions")

    foreign = [shop.page("", whole_path=f"/cabinet/business/{other.business}/{path}").status for path in paths]

    assert foreign == [403, 403, 403]
    assert shop.page("reviews", signed_in=None).status == 403
    assert shop.page(f"reviews/{number}").status == 404
    assert other.read(number)["needReaction"] is True


def test_what_is_not_there_is_not_found(shop: YandexShop) -> None:
    review, question = shop.review(), shop.question()
    own = shop.answer(question).document["result"]["entity"]["id"]

    statuses = [
        shop.page(f"questions/{review}").status,
        shop.page(f"reviews/{question}").status,
        shop.page("reviews/").status,
        shop.page("chats").status,
        shop.page("reviews", form={}).status,
        shop.send(f"reviews/{review}", "publish").status,
        shop.send(f"reviews/{review}", "edit").status,
        shop.send(f"reviews/{review}", "delete", comment=own).status,
        shop.send(f"reviews/{review}", "reply", comment="x").status,
    ]

    assert statuses == [404] * 9


def test_what_people_write_is_never_markup(shop: YandexShop) -> None:
    shop = YandexShop(options={"name": NASTY})
    number = shop.review(NASTY, pros=NASTY, author=NASTY, product=NASTY)
    shop.comment(number, NASTY, imposed={"moderate": {"verdict": "reject", "reason": NASTY}})
    shop.supplement(number, NASTY)

    for response in (shop.page("reviews"), shop.page(f"reviews/{number}"), shop.send(f"reviews/{number}", text="")):
        text = html(response)
        balance = Balance()
        balance.feed(text)
        assert (balance.open, "<script" in text) == ([], False)


def test_a_lone_surrogate_breaks_no_page(shop: YandexShop) -> None:
    number = shop.review("\ud83d")

    assert (shop.page("reviews").status, shop.read(number)["description"]["comment"]) == (200, "\ud83d")


def test_pages_load_nothing_from_elsewhere(shop: YandexShop) -> None:
    number = shop.review(photos=3)

    text = html(shop.page("reviews")) + html(shop.page(f"reviews/{number}"))

    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text)
