"""Whatever is sent to the 2GIS replica, it answers as a server does and stays whole."""

from __future__ import annotations

import random

import pytest

from tests.support.twogis_replica import API, Place

NAMES = ("limit", "offsetDate", "withoutAnswer", "rating", "catalogs", "catalog", "type", "orgId", "page", "pageSize")
PUBLIC_NAMES = ("limit", "offset", "offset_date", "rated", "sort_by", "fields", "locale")
ODD = (
    "", "0", "-1", "50", "٥", "9" * 5000, "1.5", "true", "2gis", "flamp", "reply", "positive", "ы" * 4000, "\x00",
    "\ud800", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "2026-03-10", "//..",
)  # fmt: skip
BODIES = (b"", b"{", b"null", b"[]", b'"', b"\xff\xfe", b"[" * 100_000, b'{"text": ' + b"9" * 5000 + b"}", b"{}" * 2)


@pytest.mark.parametrize("seed", range(4))
def test_odd_parameters_and_ids_are_answered(seed: int) -> None:
    place, chance = Place({"flamp": 1}), random.Random(seed)
    known = place.review("\ud800", author="\ud800")
    ids = (*ODD, known, place.branch)

    for _ in range(60):
        one, two = chance.choice(ids), chance.choice(ids)
        query = {name: chance.choice(ODD) for name in chance.sample(NAMES, 4)}
        for path in (
            "branches",
            "orgs",
            f"presence/branch/{one}/reviews",
            f"presence/org/{one}/reviews",
            f"presence/reviews/{one}",
            f"presence/reviews/{one}/comments",
        ):
            assert place.ask("GET", f"{API}/{path}", query).status in (200, 400, 403, 404)
        assert place.ask("DELETE", f"{API}/presence/reviews/{one}/comments/{two}", query).status in (400, 404)
        open_query = {name: chance.choice(ODD) for name in chance.sample(PUBLIC_NAMES, 3)}
        for root in ("2.0/branches", "2.0/orgs", "3.0/branches"):
            assert place.public(f"/{root}/{one}/reviews", **open_query).status in (200, 400, 404)

    assert place.entry(known).writes == ()


@pytest.mark.parametrize("raw", BODIES, ids=range(len(BODIES)))
def test_odd_bodies_are_refused(raw: bytes) -> None:
    place = Place()
    item = place.review()

    assert place.answer(item, raw=raw).status == 400
    assert place.ask("POST", f"{API}/users/auth", raw=raw, headers={}).status == 400
    assert place.effects(item) == []


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD"])
def test_a_path_or_method_that_is_not_there_is_not_found(method: str) -> None:
    assert Place().ask(method, f"{API}/presence/complaints").status == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic x", "Bearer \ud800", "Bearer " + "f" * 40])
def test_a_token_that_is_not_one_is_refused(header: str) -> None:
    assert Place().ask("GET", f"{API}/users", headers={"authorization": header}).status == 401
