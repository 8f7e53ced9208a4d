"""Reading what everybody sees of a branch, by a key and without a login."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis import SPEC, connect
from feedback_service.platforms.twogis.connector import TwoGisConnector
from feedback_service.ports.platform import Access
from tests.support.fake_twogis import BRANCH, FakeTwoGis, Kept, account, collected, dispatch, ref, row
from tests.support.sandbox import NOON, HandClock

KEY = {"reviews_key": "key-of-the-page", "branch_ids": BRANCH}


def shown(item: int, age: float = 60, **fields: object) -> dict[str, Any]:
    """A review as everybody sees it."""
    return {
        "id": str(item),
        "text": f"Отзыв {item}",
        "rating": 2,
        "provider": "2gis",
        "date_created": (NOON - timedelta(seconds=age)).isoformat(),
        "user": {"name": "Аглая"},
        "official_answer": None,
        "is_rated": True,
        **fields,
    }


@dataclass
class FakePublic:
    """Version 2.0 by dates, with a stray port in its links, or `only_newest`: 3.0 by offsets.

    `circles`: each page links to itself.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    only_newest: bool = False
    circles: bool = False
    key: str = KEY["reviews_key"]
    asked: list[Mapping[str, str]] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        query = request.query
        self.asked.append(dict(query))
        version, _, branch, _ = request.path.strip("/").split("/")
        if version == "2.0" and self.only_newest:
            return web.json_response({"meta": {"code": 404}}, status=404)
        if query["key"] != self.key or branch != BRANCH:
            return web.json_response({"meta": {"code": 403}}, status=403)
        rows = [one for one in self.rows if str(one["is_rated"]).lower() == query["rated"]]
        rows.sort(key=lambda one: str(one["date_created"]), reverse=True)
        return self._counted(rows, query) if version == "3.0" else self._dated(rows, request)

    def _counted(self, rows: list[dict[str, Any]], query: Mapping[str, str]) -> web.Response:
        start = int(query.get("offset", 0))
        page = rows[start : start + int(query["limit"])]
        return web.json_response({"meta": {"code": 200, "total_count": len(rows)}, "reviews": page})

    def _dated(self, rows: list[dict[str, Any]], request: web.Request) -> web.Response:
        if border := request.query.get("offset_date"):
            rows = [one for one in rows if datetime.fromisoformat(one["date_created"]) < datetime.fromisoformat(border)]
        page = rows[: int(request.query["limit"])]
        meta: dict[str, object] = {"code": 200}
        if len(rows) > len(page):
            query = {"limit": "50", "offset_date": page[-1]["date_created"], "rated": request.query["rated"]}
            meta["next_link"] = str(request.url.with_port(8080).with_query(query))
        if self.circles:
            meta["next_link"] = str(request.url)
        return web.json_response({"meta": meta, "reviews": page})


@pytest.mark.parametrize("only_newest", [False, True])
async def test_every_unanswered_review_is_read_in_either_version_oldest_first(only_newest: bool) -> None:
    rows = [shown(1000 + number, age=60 + number, is_rated=number % 3 > 0) for number in range(180)]
    rows[5]["official_answer"] = {"id": "1", "text": "Спасибо!", "org_name": "Пекарня"}
    rows[6]["provider"] = "flamp"
    rows[7]["on_moderation"] = True

    async with account(FakePublic(rows, only_newest=only_newest), Kept(""), **KEY) as connector:
        found = [item.item_id for item in await collected(connector)]

    assert found == [one["id"] for one in reversed(rows) if one["id"] not in ("1005", "1006", "1007")]


async def test_reviews_of_one_instant_at_the_border_of_a_page_are_not_lost() -> None:
    rows = [shown(1000 + number, age=60 + number - number % 4) for number in range(120)]

    async with account(FakePublic(rows), Kept(""), **KEY) as connector:
        found = await collected(connector)

    assert sorted(item.item_id for item in found) == [one["id"] for one in rows]


async def test_an_address_that_leads_back_to_itself_ends_the_list() -> None:
    fake = FakePublic([shown(1)], circles=True)

    async with account(fake, Kept(""), **KEY) as connector:
        assert len(await collected(connector)) == 1

    assert len(fake.asked) == 2


async def test_a_branch_is_read_to_its_end_hourly_and_its_newest_page_in_between() -> None:
    clock, fake = HandClock(), FakePublic([shown(1000 + number, age=60 + number) for number in range(120)])

    async with account(fake, Kept(""), clock, **KEY) as connector:
        await collected(connector)
        whole = len(fake.asked)
        fake.rows.append(shown(5000, age=1))
        found = await collected(connector)
        newest = len(fake.asked) - whole
        clock.advance(3600)
        await collected(connector)

    assert (whole, newest, len(fake.asked) - whole - newest) == (4, 2, 4)
    assert len(found) == 121


async def test_reviews_are_seen_with_their_answers_and_what_is_gone_is_gone() -> None:
    rows = [shown(1, age=10, official_answer={"id": "5", "text": "Спасибо!"}), shown(2, age=20, is_rated=False)]

    async with account(FakePublic(rows), Kept(""), **KEY) as connector:
        seen = await connector.sight([ref(1, age=10), ref(2, age=20), ref(3, age=30)])

    answer = seen[ItemId("1")].answer
    assert answer is not None
    assert (answer.text, answer.platform_id) == ("Спасибо!", "5")
    assert (seen[ItemId("2")].answer, seen[ItemId("3")].item) == (None, None)


async def test_nothing_can_be_answered_without_a_login_and_the_way_to_one_is_told() -> None:
    fake = FakePublic([shown(1)])

    async with account(fake, Kept(""), **KEY) as connector:
        with pytest.raises(Unavailable, match="run: feedback-service login berezka/twogis; or give login"):
            await connector.publish(dispatch(1))
        facts = await connector.check()

    assert [(fact.subject, fact.ok) for fact in facts] == [("reviews", True), ("answering", True)]
    assert facts[1].remedy


async def test_a_key_that_is_refused_is_the_account_s_fault() -> None:
    async with account(FakePublic(key="another"), Kept(""), **KEY) as connector:
        with pytest.raises(AccountFault, match="reviewApiKey"):
            await collected(connector)
        (fact, _) = await connector.check()

    assert not fact.ok


async def test_who_is_signed_in_reads_the_cabinet_though_there_is_a_key() -> None:
    fake, sessions = FakeTwoGis({BRANCH: [row(1)]}), Kept("")

    async with account(fake, sessions, **KEY) as connector:
        sessions.token = "token-of-the-session"
        assert len(await collected(connector)) == 1

    assert fake.calls("/presence/branch") == 2


def test_by_its_own_address_the_public_side_has_its_own_host() -> None:
    access = Access(
        label="berezka/twogis", base_url=SPEC.base_url, credentials=KEY, clock=HandClock(), sessions=Kept("")
    )

    public = connect(access).public

    assert public is not None
    assert vars(public.pace.http)["_base"] == "https://public-api.reviews.2gis.com"


async def test_a_public_list_that_is_out_of_order_starves_no_other_branch() -> None:
    class Broken(FakePublic):
        async def serve(self, request: web.Request) -> web.Response:
            return web.Response(status=500) if "/99/" in request.path else await super().serve(request)

    credentials = {**KEY, "branch_ids": f"99,{BRANCH}"}

    async with account(Broken([shown(1)]), Kept(""), **credentials) as connector:
        with pytest.raises(Retryable):
            await collected(connector)
        found = [page async for page in _until_failure(connector)]

    assert found == ["1"]


async def _until_failure(connector: TwoGisConnector) -> AsyncIterator[str]:
    with suppress(Retryable):
        async for page in connector.unanswered(Kind.REVIEW):
            for item in page:
                yield item.item_id
