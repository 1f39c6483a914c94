"""Commands for the numbers: pool a table, work published comparisons out anew."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import data_option
from app.cli.output import print_problems

if TYPE_CHECKING:
    from app.evidence.effect import Measure
    from app.evidence.pooling import Model


@click.command()
@data_option
def audit(data: Path) -> None:
    """Print every published comparison that can be worked out from the arms, beside what they give.

    Exits with 1 when one differs beyond rounding and its record does not say why."""
    from app.content.checks import get_checked_library
    from app.content.problem import ContentError
    from app.evidence.study import audit_study

    try:
        library = get_checked_library(data, datetime.now(tz=UTC).date())
    except ContentError as error:
        print_problems(error.problems, notices=False)
        sys.exit(1)
    rows = [row for located in library.studies.values() for row in audit_study(located.item)]
    table = [("figure", "effect", "of", "published", "from the arms", "verdict")]
    for row in rows:
        published, worked = row.published, row.worked
        table.append(
            (
                row.figure,
                published.kind,
                f"{worked.treatment} / {worked.comparator}",
                _interval(published.estimate, published.low, published.high),
                _interval(worked.estimate, worked.low, worked.high),
                "agrees" if row.agrees else row.explanation or "UNEXPLAINED",
            )
        )
    widths = [max(map(len, column)) for column in zip(*table, strict=True)][:-1]
    for *cells, verdict in table:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)), verdict]))
    agreeing, unexplained = sum(row.agrees for row in rows), sum(not row.agrees and row.explanation is None for row in rows)
    explained = len(rows) - agreeing - unexplained
    click.echo(f"{len(rows)} comparisons: {agreeing} agree within rounding, {explained} differ and say why, {unexplained} unexplained")
    if unexplained:
        sys.exit(1)


def _interval(estimate: float | None, low: float | None, high: float | None) -> str:
    """An estimate with its interval, for the eye."""
    ends = "" if low is None or high is None else f" ({low:.4g} to {high:.4g})"
    return "none" if estimate is None else f"{estimate:.4g}{ends}"


@click.command()
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--effect",
    type=click.Choice(["rr", "or", "rd", "md", "smd", "generic"]),
    required=True,
    help="Risk ratio, odds ratio, risk difference, mean difference, standardised mean difference, or ready estimates.",
)
@click.option(
    "--model",
    type=click.Choice(["fixed-mh", "fixed-iv", "dl", "pm", "reml"]),
    default="reml",
    show_default=True,
    help="Fixed effect (Mantel-Haenszel, inverse variance) or random effects (DerSimonian-Laird, Paule-Mandel, REML).",
)
@click.option("--hartung-knapp", is_flag=True, help="Take the Hartung-Knapp interval.")
@click.option("--log", is_flag=True, help="Ready estimates are logarithms of ratios; the answer is given as ratios.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def pool(  # noqa: PLR0913 - one for each option
    table: Path, effect: "Measure", model: "Model", *, hartung_knapp: bool, log: bool, as_json: bool
) -> None:
    """Pool the studies of the CSV file TABLE (a meta-analysis).

    Columns: study,events_t,n_t,events_c,n_c or study,mean_t,sd_t,n_t,mean_c,sd_c,n_c or study,estimate,se or
    study,estimate,ci_low,ci_high."""
    from app.evidence.effect import RATIOS, EffectError
    from app.evidence.pooling import pool_effects
    from app.evidence.report import build_report, render_report
    from app.evidence.table import TableError, parse_effects

    if log and effect not in {*RATIOS, "generic"}:
        sys.exit(f"error: --log is for ratios, and {effect} is none: leave it out, or use --effect rr, or, or generic")
    try:
        effects = parse_effects(table.read_text(encoding="utf-8"), effect, log=log)
        pooled = pool_effects(effects, effect, model, hartung_knapp=hartung_knapp)
    except UnicodeDecodeError as error:
        sys.exit(f"{table}: error: the file is not UTF-8 at byte {error.start}: save it as UTF-8")
    except TableError as error:
        sys.exit("\n".join(f"{table}:{problem.line}: error: {problem.message}" for problem in error.problems))
    except EffectError as error:
        sys.exit(f"{table}: error: {error}")
    report = build_report(effects, pooled, effect, exponentiate=log or effect in RATIOS, hartung_knapp=hartung_knapp)
    click.echo(json.dumps(report, ensure_ascii=False, allow_nan=False) if as_json else render_report(report, effect))
