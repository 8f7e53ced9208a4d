"""The process above the workers: one forked child per supplier, started, watched, replaced and drained.

It imports the standard library, `ports` and `domain` alone; what a worker, the roster or an attendant does is handed in
as a callable.
"""

from feedback_service.supervisor.attendant import Attendant
from feedback_service.supervisor.notify import Notifier
from feedback_service.supervisor.supervisor import Supervisor
from feedback_service.supervisor.timing import Timing

__all__ = ["Attendant", "Notifier", "Supervisor", "Timing"]
