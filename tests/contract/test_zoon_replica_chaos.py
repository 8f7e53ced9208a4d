"""Whatever is sent to the Zoon replica, it answers as a server does and stays whole."""

from __future__ import annotations

import random

import pytest

from tests.support.zoon_replica import FORM, LIST, Cafe

ODD = (
    "", "0", "-1", "102", "٥", "9" * 5000, "1.5", "true", "ы" * 4000, "\x00", "\ud800", "../..", "%00", "f" * 24,
)  # fmt: skip
BODIES = (b"", b"{", b"\xff\xfe", b"text=%FF", b"csrf=&text=", b"csrf=1.1&text=1", b"&" * 1000, "csrf=٥.é".encode())


@pytest.mark.parametrize("seed", range(3))
def test_odd_parameters_and_ids_are_answered(seed: int) -> None:
    cafe, chance = Cafe({"odd": True}), random.Random(seed)
    known = cafe.review("\ud800", author="\ud800")

    for _ in range(60):
        one, two, three = (chance.choice((*ODD, known, cafe.organization)) for _ in range(3))
        assert cafe.ask("GET", "/js.php", {**LIST, "organization": one, "limit": two, "skip": three}).status == 200
        assert cafe.ask("GET", "/js.php", {"area": one, "action": two}).status == 404
        assert cafe.ask("GET", f"/restaurants/{one}/{two}/").status in (301, 404)
        place = f"/cabinet/organizations/{one}/reviews"
        assert cafe.ask("GET", place, {"page": two}).status in (200, 403, 404)
        assert cafe.ask("GET", f"{place}/{two}/answers/{three}").status in (403, 404)
        assert cafe.ask("POST", f"{place}/{two}/answers/{three}/delete").status in (403, 404)

    assert cafe.entry(known).writes == ()


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("media", [FORM, "application/json", ""])
def test_odd_bodies_are_refused(body: bytes, media: str) -> None:
    cafe = Cafe()
    item = cafe.review()

    assert cafe.answer(item, body=body, headers={"content-type": media}).status == 403
    assert cafe.effects(item) == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_is_not_there_is_not_found(method: str) -> None:
    cafe = Cafe()

    assert cafe.ask(method, "/js.php", {**LIST, "organization": cafe.organization}).status == 404
    assert cafe.ask(method, f"/cabinet/organizations/{cafe.organization}/reviews").status == 404
