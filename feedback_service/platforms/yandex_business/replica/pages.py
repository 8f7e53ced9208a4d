"""The one page that clients read: an organisation's card, which knows its present id and the CSRF token."""

from __future__ import annotations

from feedback_service.platforms.yandex_business.replica.bodies import as_html, encoded
from feedback_service.platforms.yandex_business.replica.call import Call
from feedback_service.ports.replica import ReplicaResponse


def card(call: Call) -> ReplicaResponse:
    """GET /sprav/{permanent_id}/p/edit/main/; a former id leads to the present one."""
    asked, roll = int(call.names["organisation"]), call.account.roll
    moved = roll.formerly(asked)
    if moved is not None:  # relative, so that it holds wherever this is mounted
        return ReplicaResponse(302, {"location": f"../../../../{moved.permanent_id}/p/edit/main/"})
    found = roll.find(asked)
    if found is None:
        return as_html(404, "<!doctype html><html><body><h1>404</h1></body></html>")
    company = {"permanent_id": found.permanent_id, "tycoon_id": found.tycoon_id, "displayName": found.name}
    csrf = call.seal.issue(call.account.csrf_subject, call.at)
    state = {"env": {"csrf": csrf}, "edit": {"company": company, "navigation": {"company": company}}}
    script = encoded({"initialState": state}).replace("/", "\\u002F").replace("<", "\\u003C")
    head = f"<script>window.__PRELOAD_DATA = {script};</script>"
    return as_html(200, f"<!doctype html><html><head>{head}</head><body></body></html>")
