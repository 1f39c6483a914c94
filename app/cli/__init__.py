"""The commands. Each imports what it needs when it runs, so that serving loads no content models and checking loads no server."""

import click

from app.cli.content import check, schema, vectors, verify_sources
from app.cli.evidence import audit, pool
from app.cli.releasing import build, prune, releases, rollback
from app.cli.serving import mcp, openapi, serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build and serve structured information about treatments."""


for command in (check, schema, vectors, verify_sources, audit, pool, build, prune, releases, rollback, mcp, openapi, serve):
    main.add_command(command)
