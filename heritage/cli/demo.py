"""A registry to what anyone may read: `heritage demo` and `heritage publish`."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

import heritage
from heritage.cli import progress
from heritage.cli.group import FAULTS, opened, say, waiting
from heritage.cli.parameters import registry_argument
from heritage.cli.serve import LOOPBACK, PORT, show_pages


def fixtures() -> Path:
    """The folder of the demo's records: in the package, or beside it in a checkout."""
    shipped: Traversable = resources.files("heritage") / "_fixtures"
    if shipped.is_dir():
        return Path(str(shipped))
    return Path(str(resources.files("heritage"))).parent / "fixtures" / "dossier"


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="demo",
    show_default=True,
    help="Where the two files are put.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"The port to serve on; 0 for any free one. [default: {PORT}, or a free one]",
)
@click.option("--no-serve", is_flag=True, help="Only build the files.")
@click.pass_context
def demo(ctx: click.Context, folder: Path, port: int | None, no_serve: bool) -> None:
    """Build a demo registry from the shipped records, and serve it.

    `registry.db` holds everything, `public.db` what anyone may read. Files that
    are there from an earlier run are brought up to date; what was added to
    them stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    registry, public = folder / "registry.db", folder / "public.db"
    problems = 0
    with heritage.open(registry, create=True, wait=waiting()) as opened_registry:
        files = sorted(fixtures().glob("*.jsonl"))
        for report in opened_registry.load_all(
            files, source="own", by="heritage demo", why="the records shipped with the package"
        ):
            problems += len(report.problems)
            for problem in report.problems:
                say(str(problem))
        opened_registry.publish(public)
    say(f"{registry} and {public} are up to date")
    if problems:
        ctx.exit(FAULTS)
    if not no_serve:
        show_pages(public, LOOPBACK, PORT if port is None else port, or_any=port is None)


@click.command()
@registry_argument
@click.argument("public", type=click.Path(path_type=Path), metavar="PUBLIC")
@click.option(
    "--policy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="What becomes public, and how, as TOML; what it does not name is as in the"
    " policy that is shipped.",
)
def publish(registry: Path, public: Path, policy: Path | None) -> None:
    """Write the public edition of a registry.

    PUBLIC is a new file that holds only what anyone may read; an older edition
    of that name is replaced as a whole. A registry that does not verify is not
    published.

    Prints as of when the edition is, the hash of its bytes, and the head of the
    registry's log at that moment: keep the last in a safe place, it can prove
    later that the log was not rewritten since.
    """
    from heritage.publish import default_policy, read_policy

    if policy is None:
        decided = default_policy()
    else:
        decided = read_policy(policy.read_text("utf-8"), str(policy))
    with opened(registry) as opened_registry, progress.shown() as show:
        edition = opened_registry.publish(public, decided, progress=show)
    click.echo(f"as-of {edition.as_of}")
    click.echo(f"policy {edition.policy} {edition.policy_sha256}")
    click.echo(f"sha256 {edition.sha256}")
    click.echo(f"head {edition.head}")
    say(f"{public} holds what anyone may read of {registry}")
