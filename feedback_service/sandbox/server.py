"""Serves every replica under /{platform}/ and the control routes under /_sandbox/."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from aiohttp import web

from feedback_service.ports.clock import Clock
from feedback_service.ports.replica import (
    Cabinet,
    CustomerEdit,
    HasPages,
    IssuesSessions,
    LedgerEntries,
    Replica,
    SandboxAccount,
    SandboxCustomer,
)
from feedback_service.sandbox.control import Control
from feedback_service.sandbox.faults import FaultPlan
from feedback_service.sandbox.gate import Gate, without_gate_options
from feedback_service.sandbox.gate.control import GateControl
from feedback_service.sandbox.gate.sessions import Term
from feedback_service.sandbox.ledger import RequestLog, Summary, joined, narrowed, summed
from feedback_service.sandbox.mount import Mount, kinds_of
from feedback_service.sandbox.wall_clock import WallClock

LOCALHOST = "127.0.0.1"
_LARGEST_BODY = 64 * 1024**2
_SECONDS_TO_STOP = 1.0


class Sandbox:
    """Replicas behind one server; tests use it in their own loop: `async with Sandbox([replica]) as sandbox`.

    `pubsub` is the address of a Pub/Sub emulator that runs beside it, told to whoever asks what is mounted.
    """

    def __init__(
        self, replicas: Sequence[Replica], faults: FaultPlan | None = None, clock: Clock | None = None
    ) -> None:
        self.faults = faults or FaultPlan()
        self.clock: Clock = clock or WallClock()
        self.requests = RequestLog()
        self.pubsub = ""
        self._replicas = {replica.platform: replica for replica in replicas}
        self._gates = {
            replica.platform: Gate(replica.platform, replica, self.faults)
            for replica in replicas
            if isinstance(replica, HasPages)
        }
        self._runner: web.AppRunner | None = None
        self._url = ""

    @property
    def platforms(self) -> Sequence[str]:
        """What is mounted."""
        return tuple(self._replicas)

    @property
    def url(self) -> str:
        """Where the started server listens, for example http://127.0.0.1:40123."""
        return self._url

    def url_of(self, platform: str) -> str:
        """The base URL of a platform's API."""
        return f"{self._url}/{platform}"

    @property
    def gates(self) -> Mapping[str, Gate]:
        """The guards of the cabinets, by platform."""
        return self._gates

    def cabinet_url_of(self, platform: str) -> str:
        """Where a browser opens the platform's cabinet. Raises KeyError where there is none."""
        return self._url + self._gates[platform].site.root

    def gate_of(self, platform: str) -> Gate:
        """The guard of a cabinet. Raises KeyError for an unknown platform, ValueError for one without a cabinet."""
        if platform in self._replicas and platform not in self._gates:
            raise ValueError(f"{platform} has no cabinet")
        return self._gates[platform]

    def sign_in(self, platform: str, account: str, term: Term) -> tuple[Mapping[str, str], float]:
        """Cookies that sign the account in, and when they run out (epoch seconds). Raises KeyError or ValueError."""
        at, replica = self.clock.now().timestamp(), self._replicas[platform]
        if isinstance(replica, IssuesSessions):
            return replica.issue_session(account, at, term.lasts), at + term.lasts
        use = self.gate_of(platform).issue(account, at, term)
        return use.fresh, use.expires_at

    def fault_kinds(self) -> frozenset[str]:
        """Every kind of fault that can be planned here."""
        return frozenset().union(*(kinds_of(replica) for replica in self._replicas.values()))

    async def start(self, port: int = 0, host: str = LOCALHOST) -> str:
        """Listen; port 0 takes a free one. Returns the URL. Raises OSError where the port is taken."""
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=_SECONDS_TO_STOP)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError:
            await self.stop()
            raise
        self._url = f"http://{host}:{self._runner.addresses[0][1]}"
        return self._url

    async def stop(self) -> None:
        """Stop listening; requests in progress get a second."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def register(self, platform: str, account: SandboxAccount) -> Mapping[str, str]:
        """Open an account; returns its credentials. Raises KeyError or ValueError.

        Options of the gate (see `Gate.open`) are not passed on to the replica.
        """
        cabinet, gate = self._cabinet(platform), self._gates.get(platform)
        if gate is None:
            return cabinet.register(account, self.clock.now().timestamp())
        credentials = cabinet.register(without_gate_options(account), self.clock.now().timestamp())
        gate.open(account)
        return credentials

    def add(self, platform: str, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer write; returns the item's id."""
        return self._cabinet(platform).add(account_key, customer)

    def edit_customer(self, platform: str, account_key: str, item: str, edit: CustomerEdit) -> None:
        """Let a customer change what they wrote."""
        self._cabinet(platform).edit_customer(account_key, item, edit)

    def ledger(self, platform: str | None = None, account: str | None = None) -> LedgerEntries:
        """What was written, as a customer would see it now."""
        at = self.clock.now().timestamp()
        cabinets = [replica for replica in self._replicas.values() if isinstance(replica, Cabinet)]
        return narrowed(joined(cabinet.ledger(at) for cabinet in cabinets), platform, account)

    def summary(self, platform: str | None = None, account: str | None = None) -> Summary:
        """The figures of the ledger and of the requests."""
        return summed(self.ledger(platform, account), self.requests.statuses(platform, account))

    def _cabinet(self, platform: str) -> Cabinet:
        replica = self._replicas[platform]
        if not isinstance(replica, Cabinet):
            raise ValueError(f"{platform} has no accounts")
        return replica

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.add_routes([*Control(self).routes(), *GateControl(self).routes()])
        for replica in self._replicas.values():
            mount = Mount(replica, self.faults, self.clock, self.requests, self._gates.get(replica.platform))
            app.router.add_route("*", f"/{replica.platform}/{{path:.*}}", mount.serve)
        return app


async def run_sandbox(
    replicas: Sequence[Replica],
    port: int = 0,
    host: str = LOCALHOST,
    *,
    ready: Callable[[Sandbox], None] | None = None,
    pubsub: str = "",
) -> None:
    """Serve until cancelled; `ready` is told once the server listens. `pubsub`: see `Sandbox.pubsub`."""
    sandbox = Sandbox(replicas)
    sandbox.pubsub = pubsub
    await sandbox.start(port, host)
    try:
        if ready is not None:
            ready(sandbox)
        await asyncio.Event().wait()
    finally:
        await sandbox.stop()
