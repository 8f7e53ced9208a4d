"""The Google Pub/Sub door: the reply queue over google-cloud-pubsub, which is imported when it is first used."""

from feedback_service.transports.pubsub.config import QueueConfig
from feedback_service.transports.pubsub.queue import PubSubQueue

__all__ = ["PubSubQueue", "QueueConfig"]
