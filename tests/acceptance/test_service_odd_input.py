"""Garbage from the platform, and customers whose words are hard to hold: nobody is lost, nothing falls over."""

from __future__ import annotations

import json

import pytest

from tests.support.gate import gate
from tests.support.service import Service, until

pytestmark = pytest.mark.slow

LONG = "Очень длинный отзыв. " * 5000
ODD = {
    "long": LONG,
    "controls": "Звонок\x07, табуляция\t, каретка\r, escape \x1b[31m и \x7f",
    "nul": "до\x00после",
    "surrogate": "обрывок \ud83d эмодзи",
    "markup": "<script>alert(1)</script> &amp; {{ 7 * 7 }} %s {0}",
    "right-to-left": "\u202eтекст наоборот\u202c и \u200b\u200dневидимое",
}


def test_reviews_with_odd_words_pass_through_from_end_to_end(service: Service) -> None:
    service.supplier("lapka")
    service.apply()
    items = dict(zip(ODD, service.write("lapka", *ODD.values()), strict=True))

    with service.daemon() as daemon:
        service.until_answered(seconds=60)
        assert not daemon.said("stage_failed")

    assert service.answers() == [1] * len(ODD)
    stored = {one["item"]["item_id"]: one["item"]["text"] for one in service.feedback()}
    assert {name: stored[item] for name, item in items.items()} == ODD


def test_null_fields_garbage_html_and_truncated_json_cost_time_and_nothing_else(service: Service) -> None:
    service.supplier("lapka")
    service.backlog("lapka", 4)
    account = service.suppliers["lapka"]["accounts"][0]
    with gate(account["base_url"], with_nulls) as passing:
        account["base_url"] = passing.url
        service.apply()
        for how in ("html", "garbage", "truncated"):
            service.fault("mangle", "lapka", match="GET ", count=2, options={"how": how})
        service.fault("mangle", "lapka", match="POST ", count=1, options={"how": "html"})
        service.control.play({"kind": "mangle", "platform": "openai", "count": 2, "options": {"how": "truncated"}})

        with service.daemon() as daemon:
            service.until_answered(seconds=90)
            until("all are confirmed", lambda: len(daemon.said("confirmed")) == 4, 60)
            assert not daemon.said("stage_failed")

    assert service.answers() == [1] * 4


def with_nulls(line: str, body: bytes) -> bytes:
    """The lists with every field null that is not needed to know what is answered."""
    if not line.startswith("GET /api/v1/feedbacks?"):
        return body
    try:
        document = json.loads(body)
        listed = document["data"]["feedbacks"]
    except (ValueError, KeyError, TypeError):
        return body
    needed = {"id", "text", "productValuation", "createdDate", "answer", "state"}
    document["data"]["feedbacks"] = [
        {name: value if name in needed else None for name, value in one.items()} for one in listed
    ]
    return json.dumps(document).encode()
