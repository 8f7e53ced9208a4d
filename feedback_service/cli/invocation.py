"""What every command may need: the settings, the database, and who is asking."""

from __future__ import annotations

import asyncio
import getpass
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from feedback_service.cli.errors import Warnings
from feedback_service.domain.errors import Configuration

if TYPE_CHECKING:
    from feedback_service.settings import Settings
    from feedback_service.storage import Database

ENV_FILE = Path(".env")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options that stand before the command; typer carries them as `ctx.obj`."""

    env_file: Path = ENV_FILE
    debug: bool = False

    def settings(self) -> Settings:
        """The settings; raises Configuration."""
        from feedback_service.logs.secrets import register_secret
        from feedback_service.settings import read_settings

        if self.env_file != ENV_FILE and not self.env_file.is_file():
            raise Configuration(f"{self.env_file}: no such file; copy .env-example to it, or leave out --env-file")
        settings = read_settings(self.env_file)
        for secret in (settings.database_url, settings.openai_api_key, settings.secret_keys):
            register_secret(secret.get_secret_value())
        return settings

    def with_database(self, work: Callable[[Database], Awaitable[Result]]) -> Result:
        """Run the work on the open database, its tables up to date. Raises Configuration or Retryable."""
        from feedback_service import bootstrap

        show_warnings()
        site = bootstrap.prepare(self.settings())

        async def run() -> Result:
            async with bootstrap.database(site) as db:
                return await work(db)

        return asyncio.run(run())


def show_warnings() -> None:
    """Let people see what lower rooms warn of; `run` has its own, richer logs instead."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(Warnings())


def who_asks(named: str | None) -> str:
    """The name that the history keeps for a person's deed: the one given, else that of the system's user."""
    if named and named.strip():
        return named.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user often has no name
        return "operator"
