"""PostgreSQL behind the storage ports."""

from feedback_service.storage import embedded, migrate
from feedback_service.storage.database import Database
from feedback_service.storage.engine import measure_skew

__all__ = ["Database", "embedded", "measure_skew", "migrate"]
