"""``greeks info``."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version

import click
from greeks_cli.command import Command

_PACKAGES = ("numpy", "numba", "scipy", "pandas", "pydantic", "click", "rich", "pyarrow")


@click.command("info", cls=Command, short_help="Versions, machine, threads and cache.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--validity", is_flag=True, help="Which estimator gives which Greek of which contract, and why not.")
def command(as_json: bool, validity: bool) -> None:
    """Versions, machine, threads and cache directory: what a report of a problem should hold.

    With --validity: for the contracts of greeks template, under each model, each Greek by each estimator.
    """
    if validity:
        click.echo(_validity(as_json), nl=False)
        return
    from greeks import __file__ as home
    from greeks import __version__
    from greeks.estimators.registry import ANALYTIC, ESTIMATORS
    from greeks.execution.threads import default_threads
    from greeks.models.registry import MODELS
    from greeks.payoffs.registry import PAYOFFS
    from greeks.system.machine import processor

    facts = {
        "greeks": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
        "system": platform.platform(),
        "processor": f"{processor()} ({platform.machine()})",
        "threads": str(default_threads()),
        "products": ", ".join(PAYOFFS),
        "models": ", ".join(MODELS),
        "estimators": ", ".join(("auto", ANALYTIC, *ESTIMATORS)),
        # Numba keeps compiled kernels beside the modules, unless told otherwise.
        "cache": os.environ.get("NUMBA_CACHE_DIR") or f"__pycache__ folders under {os.path.dirname(home)}",
    }
    if as_json:
        click.echo(json.dumps(facts, indent=2))
    else:
        for name, value in facts.items():
            click.echo(f"{name:<10} {value}")


def _validity(as_json: bool) -> str:
    """The verdicts on the contracts of the templates."""
    from greeks.portfolio.templates import examples
    from greeks.study.validity import grids, markdown, records

    found = grids(*examples())
    return json.dumps(records(found), indent=2) + "\n" if as_json else markdown(found)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
