"""Whatever is sent to the Ozon replica, it answers as a server does and stays whole."""

from __future__ import annotations

import json
import random

import pytest

from feedback_service.platforms.ozon.replica import gateway
from feedback_service.platforms.ozon.replica.cabinet import calls
from tests.support.ozon_replica import OzonShop

NAMES = (
    "limit", "last_id", "sort_dir", "filter", "filters", "status", "skus", "sku", "published_from", "date_to",
    "review_id", "review_ids", "text", "question_id", "question_ids", "comment_id", "answer_id", "offset",
    "parent_comment_id", "mark_review_as_processed", "product_id", "offer_id", "review_uuid", "questionId",
    "last_review", "uuid", "page", "pageSize", "review_status_list", "interaction_status", "sort",
    "pagination_last_id", "comment_uuid",
)  # fmt: skip
ODD: tuple[object, ...] = (
    None, True, 0, -1, 20, 10**400, 1.5, "", "0", "ALL", "NEW", "ы" * 4000, "\x00", "\ud800", "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", [], [None], ["NEW"], [{}], {}, {"uuid": 5}, {"sku": {}},
)  # fmt: skip
BODIES = (b"", b"{", b"null", b"[]", b'"', b"\xff\xfe", b"[" * 100_000, b'{"limit": ' + b"9" * 5000 + b"}", b"{}" * 2)


@pytest.mark.parametrize("seed", range(8))
def test_odd_fields_are_answered(seed: int) -> None:
    shop, chance = OzonShop(), random.Random(seed)
    known = [shop.review("\ud800"), shop.question("ы"), shop.review(photos=3, product="\ud800")]
    values = (*ODD, *known, shop.comment(known[0]).document["comment_id"])

    for _ in range(10):
        for path in gateway.ROUTES:
            body = {name: chance.choice(values) for name in chance.sample(NAMES, 8)}
            assert shop.ask(path, body).status in (200, 400, 404)
        for path in calls.ROUTES:
            body = {name: chance.choice(values) for name in chance.sample(NAMES, 8)}
            assert shop.click(path.removeprefix("/api/"), body).status in (200, 400, 404)

    assert len(shop.replica.ledger(shop.at).entries) == len(known)


@pytest.mark.parametrize("raw", BODIES, ids=range(len(BODIES)))
def test_odd_bodies_are_answered(raw: bytes) -> None:
    shop = OzonShop()

    for path in gateway.ROUTES:
        told = shop.ask(path, raw=raw)
        assert told.status in (200, 400)
        assert told.status == 400 or raw == b"" or path == "/v1/roles"
    for path in calls.ROUTES:
        assert shop.click(path.removeprefix("/api/"), raw=raw).status == 400


def test_what_was_written_is_what_is_read() -> None:
    shop = OzonShop()
    item, question = shop.review(), shop.question()
    nasty = "\x00 \ud800 \U0001f600 \u2028 </script> " + "ы" * 100

    shop.comment(item, nasty)
    shop.answer(question, nasty)

    assert [shop.comments(item)[0]["text"], shop.answers(question)[0]["text"]] == [nasty, nasty]
    assert json.dumps(shop.click("review/comment/list", {"review_uuid": item}).document)
    assert [shop.entry(one).visible for one in (item, question)] == [nasty, nasty]
