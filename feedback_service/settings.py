"""The settings: environment variables and `.env`, read once and handed down."""

from __future__ import annotations

import difflib
import socket
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from feedback_service.domain.errors import Configuration

LogFormat = Literal["auto", "console", "json", "google"]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
BrowserMode = Literal["headless", "xvfb", "headed"]
BrowserSandbox = Literal["auto", "on", "off"]
Positive = Annotated[float, Field(gt=0)]
NEARLY = 0.8
"""Likeness from which an unknown key in `.env` is taken for a misspelt setting and not for a supplier's secret."""


class Settings(BaseSettings):
    """Every setting of the service; `.env-example` explains each under the same name in capitals."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: SecretStr = SecretStr("")
    data_dir: Path = Path("data")
    apply_migrations: bool = True
    secret_keys: SecretStr = SecretStr("")

    url_proxy_openai: str = "https://api.openai.com/v1"
    openai_api_key: SecretStr = SecretStr("")
    openai_classifier_model: str = "gpt-5-mini"
    openai_drafter_model: str = "gpt-5-mini"
    openai_requests_per_minute: Positive = 500
    openai_tokens_per_minute: Positive = 200_000
    openai_timeout_seconds: Positive = 60
    openai_prices: str = ""

    log_format: LogFormat = "auto"
    log_level: Level = "INFO"
    google_cloud_project: str = ""
    google_logging_endpoint: str = ""

    pubsub_project: str = ""
    pubsub_emulator_host: str = ""
    pubsub_reply_topic: str = "feedback-replies"
    pubsub_reply_subscription: str = "feedback-replies"
    pubsub_rollback_topic: str = "feedback-rollbacks"
    pubsub_rollback_subscription: str = "feedback-rollbacks"
    pubsub_dead_topic: str = "feedback-dead"
    pubsub_dead_subscription: str = "feedback-dead"
    run_publisher: bool = True
    publisher_slots: Annotated[int, Field(ge=1, le=32)] = 2

    browser_path: str = ""
    browser_driver_path: str = ""
    browser_mode: BrowserMode = "headless"
    browser_sandbox: BrowserSandbox = "auto"
    browser_download: bool = False
    browser_limit: Annotated[int, Field(ge=1, le=32)] = 2
    browser_idle_minutes: Positive = 5
    selectors_dir: Path | None = None

    host_name: str = Field(default_factory=socket.gethostname)
    drain_seconds: Positive = 30
    lease_seconds: Positive = 30
    idle_seconds: Positive = 5

    @property
    def embedded(self) -> bool:
        """Whether the embedded PostgreSQL in `data_dir` is used."""
        return not self.database_url.get_secret_value()


def read_settings(env_file: Path = Path(".env")) -> Settings:
    """Read the environment and the file; raises Configuration with the key, what is wrong and what to do."""
    try:
        if env_file.exists():
            _check_names(env_file)
        return Settings(_env_file=env_file if env_file.exists() else None)  # type: ignore[call-arg]  # pydantic-settings' own
    except ValidationError as problem:
        raise Configuration(_first_line(problem, env_file)) from None
    except UnicodeDecodeError:
        raise Configuration(f"{env_file}: not UTF-8 text; save it as UTF-8") from None
    except OSError as problem:
        raise Configuration(f"{env_file}: cannot be read: {problem.strerror}") from None


def keys() -> tuple[str, ...]:
    """The names of all settings as they stand in the environment."""
    return tuple(name.upper() for name in Settings.model_fields)


def _check_names(env_file: Path) -> None:
    """Refuse what looks like a misspelt setting; other unknown names are secrets that suppliers.yaml refers to."""
    known = set(keys())
    for name in dotenv_values(env_file, interpolate=False):
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=NEARLY)
        if name.upper() not in known and near:
            raise Configuration(f"{env_file}: unknown key {name}; did you mean {near[0]}?")


def _first_line(problem: ValidationError, env_file: Path) -> str:
    error = problem.errors(include_url=False, include_input=False)[0]
    name = str(error["loc"][0]).upper() if error["loc"] else "?"
    return f"setting {name} (environment or {env_file}): {error['msg']}; see .env-example"
