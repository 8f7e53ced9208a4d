"""How much of Wildberries' request limit the whole service uses on a backlog, by the replica's own request log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from benchmarks._stage import Stage, stage, supplier, wait_until
from feedback_service.cli.demo.processes import running
from feedback_service.ports.replica import SandboxCustomer

PLATFORM = "wildberries"
ACCOUNT = "rate"
PER_SECOND = 3.0
BURST = 6
"""The documented budget of a personal token, which the replica enforces."""
TARGET = 0.95


def run(reviews: int = 300) -> dict[str, object]:
    """Let `feedback-service run` answer `reviews` reviews, and count what the server saw meanwhile.

    The backlog exists from the first answer to the last one; the share is of the requests that the limit admits in
    that time, its burst included.
    """
    with stage() as one:
        seen = _answer_all(one, reviews)
        summary = one.control.ledger(entries=False)["summary"]
    posts = [float(each["at"]) for each in seen if each["method"] == "POST"]
    seconds = posts[-1] - posts[0]
    served = sum(posts[0] <= float(each["at"]) <= posts[-1] for each in seen if each["status"] != "429")
    share = served / (BURST + PER_SECOND * seconds)
    refused = sum(each["status"] == "429" for each in seen)
    answered_once = summary["answered"] == reviews and summary["twice"] == 0
    return {
        "name": "rate",
        "value": round(share, 4),
        "unit": "share of the requests that the limit admits while there is a backlog",
        "target": TARGET,
        "ok": share >= TARGET and refused == 0 and answered_once,
        "refused_429": refused,
        "requests": served,
        "answers": len(posts),
        "answers_share": round(len(posts) / served, 3),
        "seconds": round(seconds, 2),
        "answered": summary["answered"],
        "twice": summary["twice"],
        "limit": f"{PER_SECOND:g}/s, burst {BURST}",
    }


def _answer_all(one: Stage, reviews: int) -> Sequence[dict[str, Any]]:
    account = one.control.open(PLATFORM, ACCOUNT, {})
    oldest = time.time() - reviews
    praise = [
        SandboxCustomer(
            kind="review",
            created_at=oldest + number,
            text=f"Отличная вещь, беру {number + 1}-й раз",
            rating=5,
            product="Плед шерстяной",
        )
        for number in range(reviews)
    ]
    one.control.write(PLATFORM, ACCOUNT, praise)
    one.apply([supplier("rate", account)])
    with running(["run"], one.directory / "run.log", one.environment, one.directory):
        wait_until("all are answered", lambda: _answered(one) >= reviews, 60 + reviews)
        return one.control.requests(PLATFORM, ACCOUNT)


def _answered(one: Stage) -> int:
    return int(one.control.ledger(entries=False)["summary"]["answered"])
