"""The token endpoint: an access token for a refresh token."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from feedback_service.platforms.google_business.replica import imposing
from feedback_service.platforms.google_business.replica.account import Account
from feedback_service.platforms.google_business.replica.bodies import Problem, as_json
from feedback_service.platforms.google_business.replica.directory import Directory
from feedback_service.platforms.google_business.replica.tokens import Mint
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

PATH = "/token"
SCOPE = "https://www.googleapis.com/auth/business.manage"
_FORM = "application/x-www-form-urlencoded"


class _Denied(Exception):
    """OAuth's own kind of error (RFC 6749, 5.2)."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error)
        body = {"error": error, "error_description": description}
        self.response = as_json(status, body, {"cache-control": "no-store"})


def refresh(request: ReplicaRequest, directory: Directory, mint: Mint) -> ReplicaResponse:
    """POST /token. Source: RFC 6749, section 6; Google's OAuth 2.0 for web server applications."""
    try:
        imposing.befall(request)
        return _refreshed(request, directory, mint)
    except Problem as problem:
        return problem.response()
    except _Denied as denied:
        return denied.response


def form(request: ReplicaRequest) -> Mapping[str, str]:
    """The fields of the body; none where it is no form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return {}
    return dict(parse_qsl(request.body.decode("utf-8", "replace")))


def _refreshed(request: ReplicaRequest, directory: Directory, mint: Mint) -> ReplicaResponse:
    fields = form(request)
    if "grant_type" not in fields:
        raise _Denied(400, "invalid_request", "Required parameter is missing: grant_type")
    if fields["grant_type"] != "refresh_token":
        raise _Denied(400, "unsupported_grant_type", f"Invalid grant_type: {fields['grant_type']}")
    if "refresh_token" not in fields:
        raise _Denied(400, "invalid_request", "Missing required parameter: refresh_token")
    account = _client(fields, directory)
    consent = mint.consents.get(fields["refresh_token"])
    if consent is None or consent.account != account.key:
        raise _Denied(400, "invalid_grant", "Bad Request")
    if request.at >= consent.until or request.imposition("expire") is not None:
        raise _Denied(400, "invalid_grant", "Token has been expired or revoked.")
    if not set(fields.get("scope", SCOPE).split()) <= {SCOPE}:
        raise _Denied(400, "invalid_scope", "Some requested scopes were invalid.")
    lasts = account.options.token_lasts
    document = {
        "access_token": mint.issue(account.key, request.at + lasts),
        "expires_in": int(lasts),
        "scope": SCOPE,
        "token_type": "Bearer",
    }
    return as_json(200, document, {"cache-control": "no-store"})


def _client(fields: Mapping[str, str], directory: Directory) -> Account:
    account = directory.by_client(fields.get("client_id", ""))
    if account is None:
        raise _Denied(401, "invalid_client", "The OAuth client was not found.")
    if fields.get("client_secret") != account.client_secret:
        raise _Denied(401, "invalid_client", "Unauthorized")
    return account
