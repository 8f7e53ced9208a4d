"""Writes JSON lines as entries to Google Cloud Logging over gRPC.

The client is made on the first call, in the shipper's thread: looking credentials up may ask the network.
"""

import ipaddress
import json
import os
import secrets
import socket
from dataclasses import dataclass
from typing import Any

import google.auth
import grpc
from google.api_core.exceptions import InvalidArgument
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client
from google.cloud.logging_v2.services.logging_service_v2.transports import LoggingServiceV2GrpcTransport
from google.cloud.logging_v2.types import LogEntry, WriteLogEntriesRequest

from feedback_service.logs.backlog import Line
from feedback_service.logs.lines import GOOGLE_LABELS
from feedback_service.logs.shipper import Refused

LOG_ID = "feedback-service"
LARGEST_ENTRY = 200_000  # bytes of JSON. Source: Cloud Logging "Quotas and limits", LogEntry 256 KB, 2026-07
_LARGEST_EXACT = 2**53  # a Struct's numbers are doubles
_ESSENTIAL = ("severity", "time", "message", "logger", GOOGLE_LABELS)

# gRPC by itself would wait up to two minutes before it looks for a server that was away.
_CHANNEL_OPTIONS = (("grpc.initial_reconnect_backoff_ms", 500), ("grpc.max_reconnect_backoff_ms", 20_000))


@dataclass(frozen=True, slots=True)
class CloudTarget:
    project_id: str | None  # None: the one of the credentials
    endpoint: str | None  # None: Google's


class NoProject(Exception):
    """Neither the settings nor the credentials name a Google Cloud project: set the project's id."""


class CloudSender:
    """The shipper's Sender towards Google, or towards a local endpoint that speaks the same."""

    def __init__(self, target: CloudTarget) -> None:
        self._target = target
        self._client: LoggingServiceV2Client | None = None
        self._project = target.project_id
        self._closed = False
        self._birth = f"{os.getpid():x}-{secrets.token_hex(6)}"
        self._origin = {"host": socket.gethostname(), "pid": str(os.getpid())}

    def send(self, lines: list[Line], timeout: float) -> None:
        """Raises Refused when Google finds the entries invalid; the valid ones among them are kept there."""
        if self._closed:
            raise ConnectionAbortedError("the process ends")
        client = self._client = self._client or self._connect()
        try:
            client.write_log_entries(request=self._request(lines), timeout=timeout, retry=None)
        except InvalidArgument as refusal:
            raise Refused(str(refusal)) from refusal

    def close(self) -> None:
        self._closed = True
        if self._client is not None:
            self._client.transport.close()  # type: ignore[no-untyped-call]  # the library leaves it untyped

    def _connect(self) -> LoggingServiceV2Client:
        endpoint = self._target.endpoint
        if endpoint and is_this_machine(endpoint):
            options = [*_CHANNEL_OPTIONS, ("grpc.enable_http_proxy", 0)]
            transport = LoggingServiceV2GrpcTransport(channel=grpc.insecure_channel(endpoint, options=options))
            return LoggingServiceV2Client(transport=transport)
        credentials, project = google.auth.default(scopes=LoggingServiceV2GrpcTransport.AUTH_SCOPES)
        self._project = self._project or project
        host = endpoint or LoggingServiceV2GrpcTransport.DEFAULT_HOST
        transport = LoggingServiceV2GrpcTransport(host=host, credentials=credentials, channel=_patient_channel)
        return LoggingServiceV2Client(transport=transport)

    def _request(self, lines: list[Line]) -> WriteLogEntriesRequest:
        if not self._project:
            raise NoProject("no Google Cloud project is set, and the credentials name none")
        request = WriteLogEntriesRequest.pb()(
            log_name=f"projects/{self._project}/logs/{LOG_ID}",
            resource={"type": "global", "labels": {"project_id": self._project}},
            labels=self._origin,
            partial_success=True,
        )
        for line in lines:
            request.entries.append(entry_of(line.body, f"{self._birth}-{line.number:010d}"))
        wrapped: WriteLogEntriesRequest = WriteLogEntriesRequest.wrap(request)
        return wrapped


def entry_of(body: bytes, insert_id: str) -> Any:  # the protobuf class is made at run time: no type to name
    """One JSON line as a LogEntry; Google keeps one of two entries with the same time and insert id."""
    fields = json.loads(body)
    if len(body) > LARGEST_ENTRY:
        fields = {name: fields[name] for name in _ESSENTIAL if name in fields} | {"shortened_from": len(body)}
    entry = LogEntry.pb()(
        insert_id=insert_id, severity=fields.pop("severity", "DEFAULT"), labels=fields.pop(GOOGLE_LABELS, {})
    )
    entry.timestamp.FromJsonString(fields.pop("time"))
    fields.pop("labels", None)
    entry.json_payload.update(_exact(fields))
    return entry


def is_this_machine(endpoint: str) -> bool:
    """Plain text is spoken to a loopback address only; anything else gets TLS and credentials."""
    host = endpoint.rpartition(":")[0].strip("[]") or endpoint
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _patient_channel(*args: Any, options: Any = (), **kwargs: Any) -> grpc.Channel:  # the library's signature
    return LoggingServiceV2GrpcTransport.create_channel(*args, options=[*options, *_CHANNEL_OPTIONS], **kwargs)


def _exact(value: Any) -> Any:
    """Whole numbers that a double would round become text: they are ids."""
    if isinstance(value, dict):
        return {name: _exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        return str(value)
    return value
