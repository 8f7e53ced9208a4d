"""A publisher's loop in a process of its own, whose deliveries are files: what a database would decide, links decide.

`python -m tests.support.publisher_of_files HOST PROJECT FOLDER` works the queue off until SIGTERM. In FOLDER
PID.ready        made by a process that can be stopped in good order
N.claimed        made by whoever has dispatch N: it can be made once
deliveries.jsonl one line for each beginning and each end of a delivery
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from feedback_service.ports.queue import Notice
from feedback_service.publisher.consume import Consumer
from feedback_service.transports.clock import SystemClock
from feedback_service.transports.pubsub import PubSubQueue, QueueConfig

SLOTS = 2
LONGEST_DELIVERY = 0.05


class Files:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def deliver(self, notice: Notice) -> None:
        self.tell("came", notice)
        try:
            (self._folder / f"{notice.dispatch}.claimed").touch(exist_ok=False)
        except FileExistsError:
            return
        self.tell("begun", notice)
        await asyncio.sleep(random.uniform(0, LONGEST_DELIVERY))
        self.tell("ended", notice)

    def tell(self, event: str, notice: Notice) -> None:
        line = {"event": event, "dispatch": notice.dispatch, "account": notice.account}
        with (self._folder / "deliveries.jsonl").open("ab", buffering=0) as file:
            file.write(json.dumps({**line, "pid": os.getpid(), "at": time.monotonic()}).encode() + b"\n")


async def publish(host: str, project: str, folder: Path) -> None:
    queue = PubSubQueue(QueueConfig(project=project, emulator_host=host, ack_deadline=3, min_backoff=0, max_backoff=0))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    (folder / f"{os.getpid()}.ready").touch()
    await Consumer(queue.notices(), Files(folder).deliver, SLOTS, SystemClock(), stop).run()
    await queue.close()


if __name__ == "__main__":
    asyncio.run(publish(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
