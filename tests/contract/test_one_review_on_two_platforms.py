"""2GIS shows Flamp's reviews, and Flamp those of 2GIS: a review is one item, of the platform that it was written on."""

from __future__ import annotations

from feedback_service.domain.feedback import Item, Kind
from feedback_service.platforms.flamp.replica import FlampReplica
from feedback_service.platforms.twogis.replica import TwoGisReplica
from feedback_service.ports.platform import Connector
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.server import Sandbox
from tests.support.platforms import SHOP, opened
from tests.support.sandbox import NOON, HandClock


async def collected(connector: Connector) -> list[Item]:
    try:
        return [item async for page in connector.unanswered(Kind.REVIEW) for item in page]
    finally:
        await connector.close()


async def test_each_review_that_both_show_is_collected_by_the_one_it_was_written_on() -> None:
    clock, twogis, flamp = HandClock(), TwoGisReplica(), FlampReplica()
    async with Sandbox([twogis, flamp], clock=clock) as sandbox:
        there = sandbox.register("twogis", SandboxAccount(SHOP, {"flamp": 2, "pending": 0}))
        filials = there["branch_ids"].split(",")
        here = sandbox.register("flamp", SandboxAccount(SHOP, {"from_2gis": 1, "filial_ids": filials}))
        sandbox.add("twogis", SHOP, written("Отзыв из 2ГИС № 1", age=500))
        for number in (1, 2):
            sandbox.add("flamp", SHOP, written(f"Отзыв с Флампа № {number}", age=100 * number))

        of_2gis = await collected(opened(sandbox, twogis, there, clock).connector)
        of_flamp = await collected(opened(sandbox, flamp, here, clock).connector)
        shown = [[one.customer.text for one in sandbox.ledger(key).entries] for key in ("twogis", "flamp")]

    assert sorted(shown[0]) == sorted(shown[1])
    assert [item.words for item in of_2gis] == ["Отзыв из 2ГИС № 1"]
    assert [item.words for item in of_flamp] == ["Отзыв с Флампа № 2", "Отзыв с Флампа № 1"]


def written(text: str, age: float) -> SandboxCustomer:
    return SandboxCustomer("review", NOON.timestamp() - age, text, rating=3, author="Фёкла")
