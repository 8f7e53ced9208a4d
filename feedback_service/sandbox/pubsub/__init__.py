"""A small Pub/Sub emulator: what the reply queue needs of google.pubsub.v1, in this process and in memory."""

from feedback_service.sandbox.pubsub.emulator import PubSubEmulator
from feedback_service.sandbox.pubsub.switches import Switches

__all__ = ["PubSubEmulator", "Switches"]
