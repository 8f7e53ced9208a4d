"""The routes under /_sandbox that open and close cabinets: sessions, codes, captchas, and what the gates counted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from feedback_service.sandbox.control import answering, objects, text_of
from feedback_service.sandbox.gate.cookies import exported
from feedback_service.sandbox.gate.gate import Gate, checked_term
from feedback_service.sandbox.gate.sessions import Term

if TYPE_CHECKING:
    from feedback_service.sandbox.server import Sandbox


class GateControl:
    """The gates' control routes of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sandbox/gate", answering(self._report)),
            web.post("/_sandbox/gate/solve", answering(self._solve)),
            web.post("/_sandbox/sessions", answering(self._issue)),
            web.post("/_sandbox/sessions/revoke", answering(self._revoke)),
        ]

    async def _report(self, request: web.Request) -> object:
        return {"platforms": {platform: gate.report() for platform, gate in self._sandbox.gates.items()}}

    async def _solve(self, request: web.Request) -> object:
        """Without an account: the captcha of those who are not signed in."""
        document = await _object(request)
        account = text_of(document, "account") if document.get("account") else None
        return {"solved": self._gate(document).solve(account)}

    async def _issue(self, request: web.Request) -> object:
        document = await _object(request)
        default = Term()
        term = checked_term(document.get("lasts", default.lasts), document.get("renews", default.renews))
        cookies, until = self._sandbox.sign_in(text_of(document, "platform"), text_of(document, "account"), term)
        return {"cookies": exported(cookies, urlsplit(self._sandbox.url).hostname or "", until)}

    async def _revoke(self, request: web.Request) -> object:
        document = await _object(request)
        return {"revoked": self._gate(document).revoke(text_of(document, "account"))}

    def _gate(self, document: dict[str, object]) -> Gate:
        return self._sandbox.gate_of(text_of(document, "platform"))


async def _object(request: web.Request) -> dict[str, object]:
    given = await objects(request)
    if len(given) != 1:
        raise ValueError("the body must be one JSON object")
    return given[0]
