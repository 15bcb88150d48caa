"""A registry to the web: `heritage demo`, `heritage publish` and `heritage serve`."""

from __future__ import annotations

import socket
import sys
from contextlib import closing
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

import heritage
from heritage.cli.group import FAULTS, opened, say, waiting
from heritage.cli.parameters import registry_argument

LOOPBACK = "127.0.0.1"
PORT = 8001

host_option = click.option(
    "--host", default=LOOPBACK, show_default=True, help="The address to listen on."
)


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
        _serve(public, LOOPBACK, PORT if port is None else port, or_any=port is None)


def _serve(path: Path, host: str, port: int, *, or_any: bool = False) -> None:
    with opened(path):
        pass  # before the address is printed, so that it is not printed in vain
    port = _taken(host, port, or_any=or_any)
    from heritage.web import serve as serve_pages  # Datasette is slow to import

    shown = f"[{host}]" if ":" in host else host
    click.echo(f"http://{shown}:{port}/")
    sys.stdout.flush()
    say("Press Ctrl+C to stop.")
    serve_pages(path, host, port)


def _taken(host: str, port: int, *, or_any: bool) -> int:
    """A port that can be listened on: the one asked for, or with `or_any` another."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            found: int = probe.getsockname()[1]
            return found
    except OSError as error:
        if or_any:
            return _taken(host, 0, or_any=False)
        say(f"heritage: port {port} of {host}: {(error.strerror or str(error)).lower()}")
        say("Choose another with --port; 0 takes any free one.")
        click.get_current_context().exit(FAULTS)


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
    with opened(registry) as opened_registry:
        edition = opened_registry.publish(public, decided)
    click.echo(f"as-of {edition.as_of}")
    click.echo(f"policy {edition.policy} {edition.policy_sha256}")
    click.echo(f"sha256 {edition.sha256}")
    click.echo(f"head {edition.head}")
    say(f"{public} holds what anyone may read of {registry}")


@click.command()
@click.argument("public", type=click.Path(path_type=Path), metavar="PUBLIC")
@host_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="The port to listen on; 0 for any free one.",
)
def serve(public: Path, host: str, port: int) -> None:
    """Serve a public edition on the web, until Ctrl+C."""
    _serve(public, host, port)
