"""The queue's configuration: names as Pub/Sub takes them, and what cannot be right refused with its setting."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from feedback_service.domain.errors import Configuration
from feedback_service.transports.pubsub import QueueConfig

CONFIG = QueueConfig(project="shop-4711")


def test_short_names_belong_to_the_project_and_whole_ones_stay() -> None:
    assert CONFIG.topic("feedback-replies") == "projects/shop-4711/topics/feedback-replies"
    assert CONFIG.subscription("projects/other/subscriptions/given") == "projects/other/subscriptions/given"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("project", ""),
        ("project", "Мой проект"),
        ("project", "a/b"),
        ("reply_topic", ""),
        ("reply_topic", "ab"),
        ("reply_topic", "goog-replies"),
        ("rollback_topic", "with space"),
        ("dead_topic", "x" * 256),
        ("reply_subscription", "projects/other/topics/replies"),
        ("rollback_subscription", "projects//subscriptions/replies"),
        ("dead_subscription", "1st"),
        ("emulator_host", "localhost"),
        ("emulator_host", "http://localhost:8085"),
        ("emulator_host", "localhost:99999"),
        ("rollback_topic", "feedback-replies"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_setting(setting: str, value: str) -> None:
    with pytest.raises(Configuration, match=f"PUBSUB_{setting.upper()}"):
        replace(CONFIG, **{setting: value})


@pytest.mark.parametrize("host", ["localhost:8085", "127.0.0.1:1", "pubsub.local:65535", "[::1]:8085"])
def test_an_emulators_address_is_host_and_port(host: str) -> None:
    assert replace(CONFIG, emulator_host=host).emulator_host == host


def test_googles_library_is_not_imported_before_it_is_used() -> None:
    code = (
        "import sys; from feedback_service.transports.pubsub import PubSubQueue, QueueConfig;"
        "PubSubQueue(QueueConfig(project='shop')).notices();"
        "sys.exit(any(name in sys.modules for name in ('grpc', 'google.pubsub_v1', 'google.api_core')))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
