"""Turns shipping to Google Cloud Logging on and off in a process that will not fork any more."""

import logging
import os

from feedback_service.logs.configure import formatter, install, stderr_sink
from feedback_service.logs.lines import json_chain
from feedback_service.logs.shipper import Shipper, ShipperLimits
from feedback_service.logs.sinks import CloudLines, Sink

_LIMITS = ShipperLimits()


def start_shipping(limits: ShipperLimits = _LIMITS) -> bool:
    """Send this process's lines to Google from now on; False when the format is not "google".

    Call it in each child after the fork, and in commands that never fork. It returns at once, also when
    Google cannot be reached. What waits is sent at exit by itself, but a process that leaves by `os._exit`
    has to call `stop_shipping()` (or `logging.shutdown()`) before it goes.
    """
    sink = _sink()
    if sink is None or sink.config.format != "google" or isinstance(sink, CloudLines):
        return isinstance(sink, CloudLines)
    from feedback_service.logs.cloud import CloudSender, CloudTarget  # gRPC is for those who ship

    target = CloudTarget(sink.config.project_id, sink.config.endpoint)
    shipper = Shipper(CloudSender(target), limits)
    install(CloudLines(stderr_sink(sink.config), formatter(json_chain()), shipper), sink.config)
    return True


def stop_shipping() -> None:
    """Send what waits, within the exit limit, put the rest on stderr, and log to stderr from now on."""
    sink = _sink()
    if isinstance(sink, CloudLines):
        install(sink.local, sink.config)


def _sink() -> Sink | None:
    return next((sink for sink in logging.getLogger().handlers if isinstance(sink, Sink)), None)


def _after_fork_in_child() -> None:
    sink = _sink()
    if isinstance(sink, CloudLines):
        sink.abandon()
        stop_shipping()


os.register_at_fork(after_in_child=_after_fork_in_child)
