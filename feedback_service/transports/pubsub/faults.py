"""Pub/Sub's errors, translated into what to do next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from feedback_service.domain.errors import Configuration, Retryable

PUBLISH = "roles/pubsub.publisher"
SUBSCRIBE = "roles/pubsub.subscriber"
VIEW = "roles/pubsub.viewer"
EDIT = "roles/pubsub.editor"
INIT = "feedback-service queue init"
SIGN_IN = (
    "set GOOGLE_APPLICATION_CREDENTIALS to a service account's key file, or run `gcloud auth application-default login`"
)
_ONLY_A_PERSON = {"NOT_FOUND", "PERMISSION_DENIED", "UNAUTHENTICATED", "INVALID_ARGUMENT", "FAILED_PRECONDITION"}
_EXPIRED_LOGIN = ("invalid_grant", "invalid_client", "Reauthentication is needed")


@dataclass(frozen=True, slots=True)
class Deed:
    """What is being done, to which resource, and the role that allows it."""

    verb: str
    resource: str
    role: str

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}"


@contextmanager
def translated(deed: Deed) -> Iterator[None]:
    """Let Google's errors out as Retryable or as Configuration with its remedy."""
    import grpc
    from google.api_core.exceptions import GoogleAPICallError
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except GoogleAPICallError as problem:
        raise _of(status_of(problem), " ".join(str(problem.message).split())[:200], deed) from problem
    except GoogleAuthError as problem:
        raise _of("UNAUTHENTICATED", str(problem)[:200], deed) from problem
    except (grpc.RpcError, grpc.aio.UsageError, grpc.aio.InternalError) as problem:
        raise _closed(deed) from problem
    except asyncio.CancelledError as problem:
        # gRPC raises it for calls under way on a channel that is closed, too.
        if _is_being_cancelled():
            raise
        raise _closed(deed) from problem


def _closed(deed: Deed) -> Retryable:
    return Retryable(f"Pub/Sub: cannot {deed}: the connection is closed")


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def status_of(problem: Exception) -> str:
    """The name of the gRPC status that an error of Google's library stands for."""
    status = getattr(problem, "grpc_status_code", None)
    return str(status.name) if status is not None else "UNKNOWN"


def _of(status: str, text: str, deed: Deed) -> Retryable | Configuration:
    if any(sign in text for sign in _EXPIRED_LOGIN):
        status = "UNAUTHENTICATED"
    said = f"Pub/Sub: cannot {deed}: {status} ({text})"
    return Configuration(f"{said}; {_remedy(status, deed)}") if status in _ONLY_A_PERSON else Retryable(said)


def _remedy(status: str, deed: Deed) -> str:
    match status:
        case "NOT_FOUND":
            return f"make it with `{INIT}`, or name one that is there"
        case "PERMISSION_DENIED":
            return f"grant {deed.role} on exactly {deed.resource} to the account that the service runs as"
        case "UNAUTHENTICATED":
            return SIGN_IN
        case _:
            return "see `feedback-service queue check`"
