"""Reviews per second from unanswered to confirmed, beside a bare loop that makes the same calls and one insert each."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from itertools import count

import asyncpg
from aiohttp import ClientSession, TCPConnector
from openai import AsyncOpenAI

from benchmarks._stage import Stage, stage, supplier
from feedback_service import bootstrap
from feedback_service.cli.demo.sandbox_control import OpenedAccount
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import Fence, SupplierKey
from feedback_service.lifetime import Unwatched
from feedback_service.llm.classifier import SCHEMA as CLASSIFICATION
from feedback_service.pipeline.kit import Kit
from feedback_service.platforms.wildberries.connector import WildberriesConnector
from feedback_service.ports.platform import Connector
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.sandbox.model import SANDBOX_KEY
from feedback_service.sandbox.world import World
from feedback_service.transports.throttle import Budget, Throttle
from feedback_service.worker.stages import drivers
from feedback_service.worker.worker import Worker

TARGET = 0.5
LOOK_SECONDS = 0.05
BATCH = 20
LOOK_BEFORE = 30
LOOK_AFTER = 200
AT_ONCE = 16
LIMITS_OFF = {"rate": 100_000.0, "burst": 100_000}
REPLY = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}


def run(reviews: int = 1500, rounds: int = 2) -> dict[str, object]:
    """Both work off the same `reviews` reviews by turns, against the same sandbox and database server.

    By turns, since what else the machine does changes from minute to minute.
    """
    with stage() as one:
        customers = _customers(reviews)
        bare_seconds, our_seconds = [], []
        for number in range(rounds):
            bare_seconds.append(asyncio.run(_bare(one, _account(one, f"bare-{number}", customers))))
            name = f"ours-{number}"
            one.apply([supplier(name, _account(one, name, customers))])
            our_seconds.append(asyncio.run(_ours(one, SupplierKey(name), (number + 1) * reviews)))
        summary = one.control.ledger(entries=False)["summary"]
    ratio = sum(bare_seconds) / sum(our_seconds)
    whole = rounds * reviews
    return {
        "name": "pipeline",
        "value": round(ratio, 2),
        "unit": "our reviews/s by the bare loop's",
        "target": TARGET,
        "ok": ratio >= TARGET and summary["answered"] == 2 * whole and summary["twice"] == 0,
        "reviews": whole,
        "ours_per_second": round(whole / sum(our_seconds), 1),
        "bare_per_second": round(whole / sum(bare_seconds), 1),
        "ratios": [round(bare / ours, 2) for bare, ours in zip(bare_seconds, our_seconds, strict=True)],
        "answered": summary["answered"],
        "twice": summary["twice"],
    }


def _account(one: Stage, name: str, customers: Sequence[SandboxCustomer]) -> OpenedAccount:
    account = one.control.open("wildberries", name, LIMITS_OFF)
    one.control.write("wildberries", name, customers)
    return account


def _customers(reviews: int) -> Sequence[SandboxCustomer]:
    """Praise in words: nothing that would wait for a person, or that a template answers without a call."""
    world, now = World(), time.time()
    stories = (world.story(world.accounts[0], number, now - number) for number in count())
    praise = (one.first for one in stories if one.first.rating == 5 and len(one.first.text) > 20)
    return [next(praise) for _ in range(reviews)]


async def _ours(one: Stage, key: SupplierKey, answered: int) -> float:
    """Seconds from the start of the real worker, in this process, to the last confirmation."""
    stop = asyncio.Event()
    async with bootstrap.database(one.site) as db, db.listener() as bell:
        (held,) = await bootstrap.leases(one.site, db, key).acquire()
        fence = Fence(key, one.site.settings.host_name, held.epoch)
        async with bootstrap.kit(one.site, db, fence) as kit:
            free = replace(kit, connectors={id_: _unthrottled(each, kit) for id_, each in kit.connectors.items()})
            worker = Worker(fence.supplier, drivers(free, stop), bell, Unwatched(), stop)
            began = time.monotonic()
            working = asyncio.create_task(worker.run())
            while (await db.views.totals()).feedback.get(FeedbackStatus.ANSWERED, 0) < answered:
                await asyncio.sleep(LOOK_SECONDS)
            ended = time.monotonic()
            stop.set()
            await working
    return ended - began


def _unthrottled(connector: Connector, kit: Kit) -> Connector:
    """The same connector without its account's limit, which is what would be measured else."""
    assert isinstance(connector, WildberriesConnector)
    throttle = Throttle(Budget(per_second=1e6, burst=1_000_000), kit.clock)
    throttle.synchronise(1e6)
    return replace(connector, client=replace(connector.client, throttle=throttle))


async def _bare(one: Stage, account: OpenedAccount) -> float:
    """The simplest program that makes the same calls by the same client libraries, and one insert per review.

    The same calls: a list before every 30 answers and after every 200, each answer on a connection of its own. What it
    lacks: states, claims, history, the guard, limits, a budget, and everything that survives a crash.
    """
    database = await asyncpg.connect(one.site.url.replace("+asyncpg", ""))
    await database.execute("CREATE TEMPORARY TABLE review (id text, text text, answer text)")
    model = AsyncOpenAI(api_key=SANDBOX_KEY, base_url=f"{one.control.url}/openai/v1")
    base, headers = account.base_url + "/", {"Authorization": account.credentials["token"]}
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(ClientSession(base, headers=headers))
        fresh = TCPConnector(force_close=True)
        writing = await stack.enter_async_context(ClientSession(base, headers=headers, connector=fresh))
        loop = _BareLoop(platform, writing, model, database)
        began = time.time()
        await loop.work()
        ended = time.time()
    await model.close()
    await database.close()
    return ended - began


class _BareLoop:
    def __init__(
        self, platform: ClientSession, writing: ClientSession, model: AsyncOpenAI, database: asyncpg.Connection
    ) -> None:
        self.platform, self.writing, self.model, self.database = platform, writing, model, database
        self.gate = asyncio.Semaphore(AT_ONCE)
        self.one_insert = asyncio.Lock()

    async def work(self) -> None:
        reviews = await self._list(answered=False)
        for start in range(0, len(reviews), BATCH):
            page = reviews[start : start + BATCH]
            items = [{"id": str(number), "text": each["text"], "rating": 5} for number, each in enumerate(page)]
            await self._ask("sandbox-small", {"items": items}, CLASSIFICATION)
            if start % LOOK_BEFORE < BATCH:
                await self._list(answered=False, among=reviews[start : start + LOOK_BEFORE])
            await asyncio.gather(*(self._answer(each) for each in page))
            if start % LOOK_AFTER < BATCH:
                await self._list(answered=True, among=reviews[max(0, start - LOOK_AFTER) : start + BATCH])
        assert len(await self._list(answered=True)) == len(reviews)

    async def _list(self, *, answered: bool, among: Sequence[dict[str, str]] = ()) -> list[dict[str, str]]:
        query: dict[str, str | int] = {"isAnswered": str(answered).lower(), "take": 5000, "skip": 0}
        if among:
            written = [int(datetime.fromisoformat(each["createdDate"]).timestamp()) for each in among]
            query |= {"dateFrom": min(written), "dateTo": max(written) + 1}
        async with self.platform.get("api/v1/feedbacks", params=query) as answer:
            found: list[dict[str, str]] = (await answer.json())["data"]["feedbacks"]
            return found

    async def _answer(self, review: dict[str, str]) -> None:
        async with self.gate:
            said = await self._ask("sandbox-large", {"kind": "review", "rating": 5, "text": review["text"]}, REPLY)
            body = {"id": review["id"], "text": json.loads(said)["text"]}
            async with self.writing.post("api/v1/feedbacks/answer", json=body) as answer:
                assert answer.status == 204
        async with self.one_insert:
            await self.database.execute(
                "INSERT INTO review VALUES ($1, $2, $3)", body["id"], review["text"], body["text"]
            )

    async def _ask(self, name: str, document: object, schema: object) -> str:
        completion = await self.model.chat.completions.create(
            model=name,
            messages=[
                {"role": "system", "content": "Work on the JSON document of the user's message."},
                {"role": "user", "content": json.dumps(document, ensure_ascii=False)},
            ],
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": schema},  # type: ignore[typeddict-item]
            },
        )
        return completion.choices[0].message.content or ""
