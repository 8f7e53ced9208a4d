"""A refused Google login is a matter of configuration, however Google's library wraps it."""

from __future__ import annotations

import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.auth.exceptions import RefreshError

from feedback_service.domain.errors import Configuration, Retryable
from feedback_service.transports.pubsub.faults import PUBLISH, Deed, translated

DEED = Deed("publish to", "projects/shop/topics/feedback-replies", PUBLISH)


@pytest.mark.parametrize(
    "problem",
    [
        ServiceUnavailable("Getting metadata from plugin failed with error: ('invalid_grant: Bad Request', {})"),
        ServiceUnavailable("Getting metadata from plugin failed with error: Reauthentication is needed."),
        RefreshError("('invalid_grant: Token has been expired or revoked.', {})"),
    ],
)
def test_a_login_that_google_refuses_says_how_to_sign_in(problem: Exception) -> None:
    with pytest.raises(Configuration, match="gcloud auth application-default login"), translated(DEED):
        raise problem


def test_a_login_server_that_is_away_is_worth_another_try() -> None:
    with pytest.raises(Retryable), translated(DEED):
        raise ServiceUnavailable("Getting metadata from plugin failed with error: connection refused")


def test_what_is_not_googles_passes_untouched() -> None:
    with pytest.raises(KeyError), translated(DEED):
        raise KeyError("ours")
