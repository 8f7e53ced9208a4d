"""`feedback-service suppliers`: declare whom the service answers for, and look at it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli.invocation import Invocation
from feedback_service.domain.errors import Configuration
from feedback_service.domain.identity import SupplierKey
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.ports.suppliers import SupplierChange

if TYPE_CHECKING:
    from feedback_service.storage import Database

app = typer.Typer(no_args_is_help=True, help="Declare whom the service answers for, and look at it.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def apply(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The suppliers, as in docs/suppliers.example.yaml.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Switch off suppliers that the file does not name.")] = False,
    allow_plain_secrets: Annotated[
        bool, typer.Option("--allow-plain-secrets", help="Accept secrets written into the file itself.")
    ] = False,
) -> None:
    """Make the stored suppliers equal to the file: shows what will change and, on a terminal, asks.

    Applying a file twice changes nothing. Running daemons take the change up within seconds. What leaves the file is
    switched off and keeps its history: an account at once, a whole supplier with --prune.

    Example: `feedback-service suppliers apply suppliers.yaml --dry-run`
    """
    invocation: Invocation = ctx.obj
    declared = _read(invocation, file, allow_plain_secrets)

    async def work(db: Database) -> None:
        wanted = declared if prune else (*declared, *await _others(db, declared))
        _refuse_shared_logins(wanted)
        plan = await db.suppliers.plan(wanted)
        _show_plan(plan)
        if plan and not dry_run and _agreed(yes):
            done = await db.suppliers.apply(wanted)
            typer.echo(f"applied: {len(done)} change(s)")

    invocation.with_database(work)


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the suppliers with their accounts.

    Example: `feedback-service suppliers list`
    """
    from feedback_service.cli import render

    found = ctx.obj.with_database(_load_all)
    if as_json:
        render.as_json([_described(one) for one in found])
    elif not found:
        typer.echo("no suppliers yet; declare them with: feedback-service suppliers apply suppliers.yaml")
    else:
        columns = [render.Column("supplier", style="bold"), render.Column("title", 40), render.Column("accounts")]
        rows = [
            [one.key, one.title, ", ".join(f"{each.key} ({each.platform})" for each in one.accounts)] for one in found
        ]
        render.table(columns, rows)


@app.command()
def show(
    ctx: typer.Context, key: Annotated[str, typer.Argument(help="The supplier's key.")], as_json: AsJson = False
) -> None:
    """Show one supplier: its voice, rules and accounts; of secrets only which there are.

    Example: `feedback-service suppliers show lapka`
    """
    from feedback_service.cli import render

    async def work(db: Database) -> Supplier:
        return await db.suppliers.load(SupplierKey(key))

    described = _described(ctx.obj.with_database(work))
    if as_json:
        render.as_json(described)
    else:
        _show_fields(described)


def _read(invocation: Invocation, file: Path, allow_plain_secrets: bool) -> tuple[Supplier, ...]:
    from feedback_service.cli.platforms import known_specs
    from feedback_service.suppliers_file.reader import read_suppliers_file
    from feedback_service.suppliers_file.variables import read_variables

    invocation.settings()
    variables = read_variables(invocation.env_file)
    return read_suppliers_file(file, known_specs(), variables, allow_plain_secrets=allow_plain_secrets)


async def _others(db: Database, declared: Sequence[Supplier]) -> list[Supplier]:
    """The stored suppliers that the file does not name; without --prune they stay as they are."""
    named = {one.key for one in declared}
    return [await db.suppliers.load(key) for key in await db.suppliers.keys_and_fingerprints() if key not in named]


def _refuse_shared_logins(wanted: Sequence[Supplier]) -> None:
    """The file itself is checked already; this is about what it shares with those that it does not name."""
    from feedback_service.cli.platforms import known_specs
    from feedback_service.suppliers_file.logins import shared_logins

    for shared in shared_logins(wanted, known_specs()):
        places = (shared.earlier, shared.later)
        first, second = (f"{wanted[number].key}/{wanted[number].accounts[index].key}" for number, index in places)
        raise Configuration(
            f"{first} and {second} have the same {shared.what}; customers would be answered twice "
            "(--prune switches off suppliers that the file does not name)"
        )


async def _load_all(db: Database) -> list[Supplier]:
    return [await db.suppliers.load(key) for key in await db.suppliers.keys_and_fingerprints()]


def _show_plan(plan: Sequence[SupplierChange]) -> None:
    from feedback_service.cli import render

    for change in plan:
        render.line(change.line)
    if not plan:
        typer.echo("nothing to change")


def _agreed(yes: bool) -> bool:
    return yes or not sys.stdin.isatty() or typer.confirm("Apply?", abort=True)


def _described(supplier: Supplier) -> dict[str, object]:
    """A supplier as its file would declare it, without secrets."""
    policy, voice = supplier.policy, supplier.voice
    return {
        "key": supplier.key,
        "title": supplier.title,
        "voice": {
            "tone": voice.tone,
            "signature": voice.signature,
            "instructions": voice.instructions,
            "language": voice.language,
            "templates": [{"stars": sorted(one.stars), "texts": list(one.texts)} for one in voice.templates],
        },
        "policy": {
            "reviews": {str(stars): str(decision) for stars, decision in sorted(policy.reviews.items())},
            "stars_only": policy.stars_only,
            "questions": policy.questions,
            "reopen_edited": policy.reopen_edited,
            "max_age_days": policy.max_age.days if policy.max_age else None,
            "dismiss_skipped": policy.dismiss_skipped,
        },
        "stop_words": list(supplier.stop_words),
        "accounts": [_described_account(one) for one in supplier.accounts],
    }


def _described_account(account: Account) -> dict[str, object]:
    return {
        "key": account.key,
        "platform": account.platform,
        "base_url": account.base_url,
        "poll_seconds": round(account.poll.total_seconds(), 3),
        "quiet_poll_seconds": round(account.quiet_poll.total_seconds(), 3),
        "answers_without_a_person": account.unattended,
        "credentials": dict.fromkeys(sorted(account.credentials), "(stored)"),
    }


def _show_fields(fields: Mapping[str, object], indent: str = "") -> None:
    from feedback_service.cli import render

    for name, value in fields.items():
        if isinstance(value, Mapping):
            render.line(f"{indent}{name}:")
            _show_fields(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for one in value:
                render.line(f"{indent}{name.removesuffix('s')}:")
                _show_fields(one, indent + "  ")
        elif value not in ("", None, []):
            render.line(f"{indent}{name}: " + _as_text(value).replace("\n", f"\n{indent}  "))


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " · ".join(str(one) for one in value) if isinstance(value, list) else str(value)
