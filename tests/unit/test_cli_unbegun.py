"""How `check` and `health` speak of answers that wait for a publisher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from feedback_service.cli.unbegun import LONG, publisher_facts
from feedback_service.domain.identity import AccountKey, PlatformKey, SupplierKey
from feedback_service.domain.supplier import Delivery
from feedback_service.pipeline.unbegun import NOBODY
from feedback_service.ports.views import Overdue

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATE = Overdue(
    supplier=SupplierKey("lapka"),
    account=AccountKey("main"),
    platform=PlatformKey("ozon"),
    delivery=None,
    count=3,
    since=NOW - timedelta(hours=2, minutes=5),
    paused_reason="",
)


@dataclass
class Books:
    """The one view that is asked for."""

    late: Sequence[Overdue]

    async def overdue(self, now: datetime, wait: timedelta) -> Sequence[Overdue]:
        assert (now, wait) == (NOW, LONG)
        return self.late


async def told(*late: Overdue) -> list[tuple[bool, str]]:
    facts = await publisher_facts(Books(late), NOW)  # type: ignore[arg-type]  # of all views only this one is asked
    return [(one.ok, f"{one.subject}: {one.finding}; {one.remedy}") for one in facts]


async def test_the_number_the_age_and_the_remedy_are_told_for_each_account() -> None:
    ((ok, line),) = await told(LATE)

    assert not ok
    assert line.startswith("lapka/main publishers: 3 approved answers wait for a publisher, the oldest for 2 h 5 min; ")
    assert "RUN_PUBLISHER" in line
    assert "feedback-service publisher" in line


async def test_an_account_out_of_order_for_another_reason_is_told_to_be_mended_first() -> None:
    ((_, signed_out),) = await told(replace(LATE, paused_reason="the session has ended; run: feedback-service login"))
    ((_, unbegun),) = await told(replace(LATE, paused_reason=f"{NOBODY}; start one"))

    assert signed_out.endswith("the session has ended; run: feedback-service login")
    assert "RUN_PUBLISHER" in unbegun


async def test_accounts_that_are_answered_otherwise_wait_for_no_publisher() -> None:
    by_api = replace(LATE, delivery=Delivery.API)
    by_browser = replace(LATE, platform=PlatformKey("yandex_market"))

    ((ok, line),) = await told(by_api, by_browser)

    assert ok
    assert "30 min" in line
