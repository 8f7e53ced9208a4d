"""Consumers of the reply queue as processes of their own, forked from a parent that has imported everything.

Arguments: the emulator's address, the project, and one way of working for each child: "hold" keeps the first message
and never answers for it, "drain" acknowledges every message until none came for a while. Each prints a line
`PID DISPATCH` per message.
"""

import asyncio
import os
import sys

import google.pubsub_v1  # noqa: F401  imported before the fork, as a supervisor does
import grpc.aio  # noqa: F401

from feedback_service.ports.queue import Notice
from feedback_service.transports.pubsub import PubSubQueue, QueueConfig
from tests.support.pubsub import DEADLINE

QUIET = DEADLINE + 1.5
"""Seconds without a message after which nothing can be left that somebody died with."""


async def work(config: QueueConfig, way: str) -> None:
    queue = PubSubQueue(config)
    subscription = queue.notices()
    while messages := await subscription.receive(1, QUIET):
        for message in messages:
            assert isinstance(message.content, Notice)
            os.write(1, f"{os.getpid()} {message.content.dispatch}\n".encode())
            if way == "hold":
                await asyncio.Event().wait()
            await message.done()
    await queue.close()


def main() -> None:
    config = QueueConfig(project=sys.argv[2], emulator_host=sys.argv[1], ack_deadline=DEADLINE)
    children = []
    for way in sys.argv[3:]:
        child = os.fork()
        if child == 0:
            asyncio.run(work(config, way))
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
