"""What stands between a client and the cabinet: sign-in, CSRF, captchas, and failures of the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from feedback_service.platforms.yandex_business.replica.bodies import as_html, as_json
from feedback_service.platforms.yandex_business.replica.call import Call
from feedback_service.platforms.yandex_business.replica.sessions import PRESENCE
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

PASSPORT = "https://passport.yandex.ru/auth"
_CAPTCHA = "https://yandex.ru/showcaptcha"
_CAPTCHA_PAGE = (
    '<!doctype html><html><head><title>Вы не робот?</title><script src="https://smartcaptcha.yandexcloud.net/'
    'captcha.js"></script></head><body><form action="/showcaptcha"><h1>Подтвердите, что вы человек</h1></form>'
    "</body></html>"
)


def fallen(request: ReplicaRequest) -> ReplicaResponse | None:
    """A failure of the site or its antibot, if the sandbox asks for one."""
    for kind, told in _FALLS.items():
        options = request.imposition(kind)
        if options is not None:
            return told(options)
    return None


def to_passport(request: ReplicaRequest) -> ReplicaResponse:
    """Nobody is signed in."""
    back = quote(f"https://yandex.ru{request.path}", safe="")
    return ReplicaResponse(302, {"location": f"{PASSPORT}?retpath={back}"})


def csrf_missing(call: Call, cookies: Mapping[str, str]) -> bool:
    """Whether a changing call has to be refused for want of a token, or of the cookie beside it."""
    token = call.request.headers.get("x-csrf-token")
    held = call.seal.holds(token, call.account.csrf_subject, call.at, call.account.options.csrf_lasts)
    return PRESENCE not in cookies or not held


def csrf_refused(call: Call, status: int) -> ReplicaResponse:
    """The refusal that brings a fresh token."""
    return as_json(status, {"csrf": call.seal.issue(call.account.csrf_subject, call.at)})


def _failing(options: Mapping[str, object]) -> ReplicaResponse:
    status = int(str(options.get("status", 500)))
    return as_html(status, f"<html><head><title>{status}</title></head><body><center>nginx</center></body></html>")


def _limited(options: Mapping[str, object]) -> ReplicaResponse:
    headers = {"content-type": "text/plain", "retry-after": str(round(float(str(options.get("retry_after", 1)))))}
    return ReplicaResponse(429, headers, b"Too Many Requests")


def _captcha(options: Mapping[str, object]) -> ReplicaResponse:
    how = options.get("how", "header")
    if how == "page":
        return as_html(200, _CAPTCHA_PAGE)
    if how == "redirect":
        return ReplicaResponse(302, {"location": f"{_CAPTCHA}?cc=1&retpath=https%3A%2F%2Fyandex.ru%2Fsprav"})
    return ReplicaResponse(429, {"content-type": "text/plain", "need-captcha": "1"})


_FALLS: Mapping[str, Callable[[Mapping[str, object]], ReplicaResponse]] = {
    "server_error": _failing,
    "too_many_requests": _limited,
    "captcha": _captcha,
}
