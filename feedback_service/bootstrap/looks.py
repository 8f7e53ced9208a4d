"""Opens the views of the database for a look that must start nothing and need no secret."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from feedback_service.domain.errors import Retryable
from feedback_service.ports.views import Views
from feedback_service.settings import Settings


@asynccontextmanager
async def views(settings: Settings) -> AsyncIterator[Views]:
    """Raises Retryable where the embedded database is not running, Configuration for a URL that cannot be right."""
    from feedback_service.storage.engine import create_engine
    from feedback_service.storage.views import PostgresViews

    engine = create_engine(_url(settings))
    try:
        yield PostgresViews(engine)
    finally:
        await engine.dispose()


def _url(settings: Settings) -> str:
    """Where the database is; the embedded one is joined without its users' lock, as the look is over at once."""
    if not settings.embedded:
        return settings.database_url.get_secret_value()
    from feedback_service.storage.cluster import Cluster

    cluster = Cluster(settings.data_dir.expanduser().absolute() / "postgres")
    if not cluster.is_running():
        raise Retryable("the embedded database is not running")
    return cluster.url
