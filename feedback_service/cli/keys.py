"""`feedback-service keys`: make the secret keys, and change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli.invocation import Invocation
from feedback_service.domain.errors import Configuration

if TYPE_CHECKING:
    from feedback_service.settings import Settings
    from feedback_service.storage import Database

app = typer.Typer(
    no_args_is_help=True, help="Make the secret keys that encrypt the suppliers' tokens, and change them."
)


@app.command()
def new() -> None:
    """Print a fresh key, for SECRET_KEYS; nothing is stored.

    Example: `echo "SECRET_KEYS=$(feedback-service keys new)" >> .env`
    """
    from feedback_service.secret_keys import new_key

    typer.echo(new_key())


@app.command()
def rotate(
    ctx: typer.Context,
    forget: Annotated[bool, typer.Option("--forget", help="Forget the old keys of the key file afterwards.")] = False,
) -> None:
    """Encrypt all stored credentials anew under the first key.

    With SECRET_KEYS: put a new key first (`SECRET_KEYS=new,old`), restart every machine, rotate, take the old one out.

    With the key file: stop the daemon first; a new key is made, put before the old ones, and used from then on.
    --forget takes the old ones out, so that an old backup of the database cannot be read with the file any more.

    Example: `feedback-service keys rotate`
    """
    from feedback_service.secret_keys import add_key, keep_first_key, key_file, load_or_create_keys, new_key

    invocation: Invocation = ctx.obj
    settings = invocation.settings()
    in_file = not settings.secret_keys.get_secret_value()
    if forget and not in_file:
        raise Configuration("--forget is for the key file; of SECRET_KEYS take the old keys out yourself")
    if in_file:
        _refuse_while_running(settings)
        load_or_create_keys(settings)
        add_key(key_file(settings), new_key())

    async def work(db: Database) -> int:
        return await db.suppliers.rotate()

    typer.echo(f"{invocation.with_database(work)} account(s) are encrypted under the first key")
    if forget:
        keep_first_key(key_file(settings))
        typer.echo("the old keys are forgotten")


def _refuse_while_running(settings: Settings) -> None:
    """A running daemon knows the old keys only, and could not read what the new one encrypts."""
    from feedback_service.cli.health import is_running

    if is_running(settings.data_dir):
        raise Configuration("the daemon is running and would not know the new key; stop it, rotate, start it again")
