"""POST /users/auth: a login and a password for a bearer token."""

from __future__ import annotations

import json
from collections.abc import Mapping

from feedback_service.platforms.twogis.replica.account import Account
from feedback_service.platforms.twogis.replica.bodies import Problem, forbidden, invalid, success
from feedback_service.platforms.twogis.replica.directory import Directory
from feedback_service.platforms.twogis.replica.tokens import Mint
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

PATH = "/api/1.0/users/auth"


def document(body: bytes) -> Mapping[str, object]:
    """The JSON object in a body. Raises 400."""
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise invalid("the body is not a JSON object")
    return found


def named(body: bytes, directory: Directory) -> Account | None:
    """The account whose login stands in a body, whatever the password."""
    try:
        return directory.by_login(document(body).get("login"))
    except Problem:
        return None


def sign_in(request: ReplicaRequest, directory: Directory, mint: Mint) -> ReplicaResponse:
    """A token. Raises 400, 401 for a wrong pair, 403 where a captcha is asked for."""
    asked = document(request.body)
    if not (isinstance(asked.get("login"), str) and isinstance(asked.get("password"), str)):
        raise invalid("login and password are needed")
    account = directory.by_login(asked["login"])
    if request.imposition("captcha") is not None or (account and account.wants_captcha):
        raise forbidden("captcha required, confirm that you are not a robot")
    if account is None or account.password != asked["password"] or request.imposition("expire") is not None:
        if account is not None:
            account.wrong += 1
        raise Problem(401, "wrong login or password")
    account.wrong = 0
    lasts = account.options.token_lasts
    token = {
        "access_token": mint.issue(account.key, request.at + lasts, alone=account.options.one_session),
        "expires_in": str(int(lasts)),
        "refresh_token": mint.word(),
        "token_type": "Bearer",
    }
    return success(token)
