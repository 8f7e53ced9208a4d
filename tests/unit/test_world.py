"""The sandbox's made-up customers."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from feedback_service.ports.replica import SandboxCustomer
from feedback_service.sandbox.world import BACKLOG_DAYS, DAY, SHOPS, Story, World

NOW = 1_770_000_000.0


def backlog(world: World) -> list[Story]:
    return [story for account in world.accounts for story in world.backlog(account, NOW)]


def customers(world: World) -> list[SandboxCustomer]:
    return [story.first for story in backlog(world)]


def test_three_shops_have_two_accounts_each():
    accounts = World().accounts

    assert len(SHOPS) == 3
    assert len({account.name for account in accounts}) == 6
    assert Counter(account.shop.key for account in accounts) == {shop.key: 2 for shop in SHOPS}


def test_the_same_seed_makes_the_same_world_and_another_seed_another():
    assert backlog(World(seed=1)) == backlog(World(seed=1))
    assert backlog(World(seed=1)) != backlog(World(seed=2))


def test_the_backlog_has_every_kind_of_customer():
    everyone = customers(World())
    reviews = [one for one in everyone if one.kind == "review"]
    words = " ".join(one.text for one in everyone)

    assert len(everyone) == 300
    assert 40 <= len(everyone) - len(reviews) <= 80
    assert {one.rating for one in reviews} == {1, 2, 3, 4, 5}
    assert any(not (one.text or one.pros or one.cons) for one in reviews)
    assert any(one.photos for one in reviews)
    assert any(one.pros and one.cons for one in reviews)
    assert any(len(one.text) > 300 for one in reviews)
    assert any(0 < len(one.text) < 15 for one in reviews)
    assert re.search("[әғқңөұүһ]", words)
    assert re.search("[a-z]{4}", words)
    assert re.search("[👍😍❤🔥👎😡]", words)
    assert any(story.supplement for story in backlog(World()))


def test_most_texts_differ():
    texts = [one.text for one in customers(World()) if len(one.text) > 30]

    assert len(set(texts)) > 0.95 * len(texts)


def test_questions_have_words_and_no_stars():
    questions = [one for one in customers(World(per_account=200)) if one.kind == "question"]

    assert all(one.text and one.rating is None and not one.photos for one in questions)


def test_a_text_never_shows_the_marks_it_was_made_from():
    everyone = customers(World(per_account=1_000))

    assert not [one for one in everyone if re.search(r"[{}|]", one.text + one.pros + one.cons)]


def test_the_backlog_is_of_the_last_weeks_oldest_first():
    for account in World().accounts:
        times = [story.first.created_at for story in World().backlog(account, NOW)]

        assert times == sorted(times)
        assert NOW - BACKLOG_DAYS * DAY <= times[0] < times[-1] < NOW


def test_new_customers_arrive_without_end_after_the_backlog():
    world, account = World(), World().accounts[0]
    old = {story.first.text for story in world.backlog(account, NOW) if len(story.first.text) > 60}

    new = list(islice(world.arrivals(account, lambda: NOW), 200))

    assert all(story.first.created_at == NOW for story in new)
    assert len({story.first.text for story in new}) > 100
    assert not old & {story.first.text for story in new}


def test_a_supplement_is_of_the_same_customer_about_the_same_product_and_later():
    stories = [(story.first, story.supplement) for story in backlog(World()) if story.supplement]

    for first, later in stories:
        assert (later.author, later.product, later.kind) == (first.author, first.product, "review")
        assert later.created_at > first.created_at
        assert later.text
        assert later.supplement_of is None
