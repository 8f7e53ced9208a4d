"""Decides what moderation will say of a text that somebody sends."""

from __future__ import annotations

from feedback_service.platforms.yandex_market.replica.business import Business
from feedback_service.platforms.yandex_market.replica.items import VERDICTS, Moderation, Verdict
from feedback_service.platforms.yandex_market.replica.shelf import Wording
from feedback_service.ports.replica import ReplicaRequest


def wording(request: ReplicaRequest, business: Business, text: str, parent: int | None = None) -> Wording:
    """The text with its judgement: yes after the cabinet's delay, or what the fault "moderate" tells."""
    return Wording(text, request.at, _moderation(request, business.options.moderation_delay), parent)


def _moderation(request: ReplicaRequest, delay: float) -> Moderation:
    options = request.imposition("moderate")
    if options is None:
        return Moderation(delay=delay)
    verdicts: dict[object, Verdict] = {verdict: verdict for verdict in VERDICTS}
    verdict = verdicts.get(options.get("verdict"), "approve")
    reason = str(options.get("reason") or Moderation().reason)
    return Moderation(verdict, float(str(options.get("delay", delay))), reason)
