"""The faults that befall any request, in this platform's words."""

from __future__ import annotations

from feedback_service.platforms.zoon.replica.items import VERDICTS, Moderation, Verdict
from feedback_service.platforms.zoon.replica.markup import problem
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

PLAYS = frozenset({"too_many_requests", "server_error", "expire", "moderate", "swallow", "list_gone"})


def broken(request: ReplicaRequest) -> ReplicaResponse | None:
    """What is imposed before anything is looked at or changed."""
    failing = request.imposition("server_error")
    if failing is not None:
        return problem(int(str(failing.get("status", 500))), "Сайт временно недоступен")
    limited = request.imposition("too_many_requests")
    if limited is None:
        return None
    seconds = str(round(float(str(limited.get("retry_after", 1)))))
    message = f"Слишком часто, попробуйте через {seconds} {_seconds(int(seconds))}"
    return problem(429, message, {"retry-after": seconds})


def moderation(request: ReplicaRequest) -> Moderation:
    """What will be said of the reply in this request: yes at once, or what the fault "moderate" tells."""
    options = request.imposition("moderate")
    if options is None:
        return Moderation()
    verdicts: dict[object, Verdict] = {verdict: verdict for verdict in VERDICTS}
    verdict = verdicts.get(options.get("verdict"), "approve")
    reason = str(options.get("reason") or Moderation().reason)
    return Moderation(verdict, float(str(options.get("delay", 0))), reason)


def _seconds(number: int) -> str:
    """The word after the number, in its case."""
    if number % 100 in range(11, 15):
        return "секунд"
    return {1: "секунду", 2: "секунды", 3: "секунды", 4: "секунды"}.get(number % 10, "секунд")
