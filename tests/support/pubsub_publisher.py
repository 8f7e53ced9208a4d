"""Google's own high-level publisher, as a process of its own: gRPC's threads would stay in the tests' process.

Arguments: the emulator's address, the topic, the number of messages. Publishes each under the ordering key "key" and
prints the ids that came back.
"""

import sys

import grpc
from google.cloud.pubsub_v1 import PublisherClient
from google.cloud.pubsub_v1.types import PublisherOptions
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport


def publish(host: str, topic: str, count: int) -> None:
    transport = PublisherGrpcTransport(channel=grpc.insecure_channel(host))
    client = PublisherClient(publisher_options=PublisherOptions(enable_message_ordering=True), transport=transport)
    futures = [
        client.publish(topic, f"{number}".encode(), ordering_key="key", n=f"{number}") for number in range(count)
    ]
    for future in futures:
        sys.stdout.write(f"{future.result(timeout=20)}\n")


if __name__ == "__main__":
    publish(sys.argv[1], sys.argv[2], int(sys.argv[3]))
