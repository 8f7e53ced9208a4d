"""What runs in each process: a supplier's worker, the roster, a single supplier without a supervisor, or one pass."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import suppress

from feedback_service import bootstrap, logs
from feedback_service.bootstrap import Site
from feedback_service.domain.errors import FeedbackServiceError, Retryable
from feedback_service.domain.identity import Fence, SupplierKey
from feedback_service.lifetime import Unwatched, coded, stopped_by
from feedback_service.pipeline.stage import Progress
from feedback_service.ports.roster import Assignment, ExitCode, Heartbeat, RosterWriter
from feedback_service.storage.database import Database
from feedback_service.worker.once import Pass
from feedback_service.worker.roster import Leases, Roster
from feedback_service.worker.stages import drivers
from feedback_service.worker.start_check import checked_beside
from feedback_service.worker.worker import Bell, Worker

log = logging.getLogger(__name__)

RENEWALS_PER_LEASE = 3


def work(site: Site, assignment: Assignment, heartbeat: Heartbeat) -> int:
    """A forked worker's life; gives its exit code."""
    logs.start_shipping()
    logs.bind(supplier=assignment.supplier)
    return asyncio.run(coded(_work(site, assignment, heartbeat)))


def keep_roster(site: Site, writer: RosterWriter, heartbeat: Heartbeat) -> int:
    """The forked roster's life; gives its exit code."""
    logs.start_shipping()
    return asyncio.run(coded(_keep_roster(site, writer, heartbeat)))


def run_alone(site: Site, supplier: SupplierKey) -> int:
    """One supplier in this very process, for orchestrators that supervise by themselves; gives the exit code."""
    logs.start_shipping()
    logs.bind(supplier=supplier)
    return asyncio.run(coded(_run_alone(site, supplier)))


def run_once(site: Site) -> int:
    """One pass over every supplier that no other host works for; 0, or 1 where something failed.

    No account's rights are checked as when a worker starts: it would cost calls and time in every pass. The command
    `check` does it, and what is wrong shows in the pass.
    """
    logs.start_shipping()
    return asyncio.run(coded(_run_once(site)))


async def _work(site: Site, assignment: Assignment, heartbeat: Heartbeat) -> int:
    stop = stopped_by(signal.SIGTERM)
    async with bootstrap.database(site) as db:
        return await _with_worker(site, db, assignment, heartbeat, stop)


async def _with_worker(
    site: Site, db: Database, assignment: Assignment, heartbeat: Heartbeat, stop: asyncio.Event
) -> int:
    fence = Fence(SupplierKey(assignment.supplier), site.settings.host_name, assignment.epoch)
    async with bootstrap.kit(site, db, fence) as kit, db.listener() as bell, checked_beside(kit):
        worker = Worker(fence.supplier, drivers(kit, stop), bell, heartbeat, stop)
        return await worker.run()


async def _keep_roster(site: Site, writer: RosterWriter, heartbeat: Heartbeat) -> int:
    stop, again = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGHUP, again.set)
    async with bootstrap.database(site) as db, db.listener() as bell:
        leases = bootstrap.leases(site, db)
        return await Roster(leases, bell, heartbeat, _renewal(site), stop, again).run(writer)


async def _run_alone(site: Site, supplier: SupplierKey) -> int:
    """Hold the supplier's lease and work by it; a new configuration or another epoch starts the worker anew."""
    stop = stopped_by(signal.SIGTERM, signal.SIGINT)
    async with bootstrap.database(site) as db:
        await db.suppliers.load(supplier)  # an unknown one is said at once
        leases = bootstrap.leases(site, db, supplier)
        try:
            while not stop.is_set():
                held = await leases.acquire()
                if held:
                    await _while_held(site, db, leases, held[0], stop)
                else:
                    log.info("Another host works for %s; waiting.", supplier, extra={"action": "lease_wait"})
                    await _wait_for(stop, _renewal(site))
        finally:
            await leases.release()
    return ExitCode.DRAINED


async def _while_held(site: Site, db: Database, leases: Leases, held: Assignment, stop: asyncio.Event) -> None:
    """Work until stopped, or until the lease or the supplier's configuration is another."""
    turn = asyncio.Event()

    async def watch(bell: Bell) -> None:
        while list(await _renewed(leases, held)) == [held]:
            await bell.wait(_renewal(site))
        turn.set()

    async def follow() -> None:
        await stop.wait()
        turn.set()

    async with db.listener() as bell:
        beside = [asyncio.create_task(watch(bell)), asyncio.create_task(follow())]
        try:
            await _with_worker(site, db, held, Unwatched(), turn)
        finally:
            for task in beside:
                task.cancel()


async def _renewed(leases: Leases, held: Assignment) -> Sequence[Assignment]:
    """What is held now; as before where the database is away, for its fence decides then."""
    try:
        return await leases.acquire()
    except Retryable as problem:
        log.warning("The lease cannot be renewed: %s", problem, extra={"action": "leases_away"})
        return [held]


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


async def _run_once(site: Site) -> int:
    stop = stopped_by(signal.SIGTERM, signal.SIGINT)
    async with bootstrap.database(site) as db:
        leases = bootstrap.leases(site, db)
        held = await leases.acquire()
        renewing = asyncio.create_task(_renew(leases, held, _renewal(site)))
        try:
            results = await asyncio.gather(*(_pass(site, db, one, stop) for one in held))
        finally:
            renewing.cancel()
            await leases.release()
    done = sum(results, Progress())
    log.info("One pass: %d items moved, %d failures.", done.moved, done.failed, extra={"action": "pass_done"})
    return ExitCode.FAILED if done.failed else ExitCode.DRAINED


async def _pass(site: Site, db: Database, assignment: Assignment, stop: asyncio.Event) -> Progress:
    """One supplier's pass; whatever is wrong with it, the others' passes go on."""
    fence = Fence(SupplierKey(assignment.supplier), site.settings.host_name, assignment.epoch)
    logs.bind(supplier=fence.supplier)
    try:
        async with bootstrap.kit(site, db, fence) as kit:
            return await Pass(kit, stop).run()
    except FeedbackServiceError as problem:
        log.error("The pass for %s failed: %s", fence.supplier, problem, extra={"action": "pass_failed"})
        return Progress(failed=1)
    except Exception:  # one supplier's bug must not stop the passes of the others
        log.exception("The pass for %s broke down.", fence.supplier, extra={"action": "pass_failed"})
        return Progress(failed=1)


async def _renew(leases: Leases, held: Sequence[Assignment], every: float) -> None:
    while held:
        await asyncio.sleep(every)
        await _renewed(leases, held[0])


def _renewal(site: Site) -> float:
    return site.settings.lease_seconds / RENEWALS_PER_LEASE
