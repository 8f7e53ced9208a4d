"""The Zoon replica's page of an organisation, with its microdata."""

from __future__ import annotations

from tests.support.zoon_replica import Cafe, soup, texts


def test_the_page_names_its_organisation_and_describes_its_reviews() -> None:
    cafe = Cafe()
    item = cafe.review("Вкусно\nи тепло", age=61, rating=5, author="Аглая")

    page = cafe.page()

    (block,) = page.select("#reviews div.comments-section.js-reviews-module[data-owner-id]")
    (review,) = block.select('ul.js-comment-list > .js-comment[data-type="comment"]')
    (container,) = review.select(":scope > div.js-comment-container")
    assert (block["data-owner-id"], review["data-id"]) == (cafe.organization, item)
    assert texts(container, '[itemprop="author"]') == ["Аглая"]
    assert container.select('[itemprop="datePublished"]')[0]["content"] == "2026-03-10T14:58:00+03:00"
    assert texts(container, "span.stars-rating-text") == ["5,0"]
    assert list(container.select('[itemprop="text"] .js-comment-content')[0].strings) == ["Вкусно", "и тепло"]
    assert texts(page, ".reviews-top-panel .service-block-title") == ["Отзывы: 1"]
    assert page.select(".js-show-more-box") == []


def test_the_page_has_the_newest_twenty_and_says_that_there_are_more() -> None:
    cafe = Cafe()
    ids = [cafe.review(age=1000 - number) for number in range(21)]

    page = cafe.page()

    assert [one["data-id"] for one in page.select(".js-comment-list > .js-comment")] == ids[:0:-1]
    assert len(page.select(".js-show-more-box .js-show-more")) == 1


def test_a_review_s_answer_stands_below_it() -> None:
    cafe = Cafe()
    cafe.answer(cafe.review(), "Спасибо!")

    assert texts(cafe.page(), ".js-comment-container .subcomments > li .js-comment-content") == ["Спасибо!"]


def test_the_page_answers_with_and_without_its_part_on_reviews() -> None:
    cafe = Cafe()
    path = cafe.replica.page_of(cafe.key)

    whole, part, bare = (cafe.ask("GET", one) for one in (path, f"{path}reviews/", f"{path}reviews"))

    assert whole.body == part.body
    assert (bare.status, bare.headers["location"]) == (301, f"/zoon{path}reviews/")
    assert cafe.ask("GET", "/restaurants/chuzhoe/").status == 404


def test_an_answer_on_moderation_is_hidden_from_the_public_unless_the_option_shows_it() -> None:
    cafe = Cafe()
    item = cafe.review()
    cafe.answer(item, imposed={"moderate": {"delay": 100}})

    hidden = cafe.items()[0].select(".subcomments")
    cafe.reopen(shows_waiting=True)
    marked = [texts(root, ".subcomments > li .comment-status") for root in (cafe.items()[0], cafe.page())]
    cafe.reopen()
    cafe.at += 100
    published = texts(cafe.items()[0], ".subcomments .js-comment-content")

    assert hidden == []
    assert marked == [["на модерации"], ["на модерации"]]
    assert published == ["Спасибо, ждём снова!"]


def test_public_reads_may_be_late_with_a_new_answer() -> None:
    cafe = Cafe({"lag": 30})
    cafe.answer(cafe.review())

    early = cafe.items()[0].select(".subcomments")
    cafe.at += 30

    assert (early, len(cafe.items()[0].select(".subcomments > li"))) == ([], 1)


def test_a_page_is_whole_whatever_a_customer_writes() -> None:
    cafe = Cafe({"shape": "scripted"})
    text = '</script></li><script>"A=" & <b>\ud800'
    item = cafe.review(text, author='"><i>\ud83d')

    page, listed, cabinet = cafe.page(), cafe.items(), cafe.card(item)

    assert [one["data-author"] for one in listed] == ['"><i>?']
    assert texts(page, ".js-comment-content") == ['</script></li><script>"A=" & <b>?']
    assert texts(cabinet, ".text") == ['</script></li><script>"A=" & <b>?']
    assert soup(cafe.listing()).select("b, i") == []
