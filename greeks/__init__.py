"""Every Greek of an option book by Monte Carlo, each with a standard error, a unit and a status.

The public names are loaded on first use, so that ``import greeks`` costs almost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from greeks._version import __version__

if TYPE_CHECKING:
    from greeks.api import estimate, run
    from greeks.book import Book, Trade
    from greeks.errors import GreeksError, PortfolioError, UsageError
    from greeks.execution.upper_bound import upper_bound
    from greeks.models.black76 import Black76
    from greeks.models.gbm import GBM
    from greeks.models.heston import Heston
    from greeks.payoffs.american import American
    from greeks.payoffs.asian import Asian
    from greeks.payoffs.autocallable import Autocallable
    from greeks.payoffs.barrier import Barrier
    from greeks.payoffs.bermudan import Bermudan
    from greeks.payoffs.cash import Cash
    from greeks.payoffs.cliquet import Cliquet
    from greeks.payoffs.custom import Custom
    from greeks.payoffs.digital import Digital
    from greeks.payoffs.european import European
    from greeks.payoffs.forward import Forward
    from greeks.payoffs.forward_start import ForwardStart
    from greeks.payoffs.future import Future
    from greeks.payoffs.gap import Gap
    from greeks.payoffs.lookback import Lookback
    from greeks.payoffs.power import Power
    from greeks.payoffs.range_accrual import RangeAccrual
    from greeks.payoffs.stock import Stock
    from greeks.payoffs.touch import Touch
    from greeks.payoffs.variance_swap import VarianceSwap
    from greeks.payoffs.volatility_swap import VolatilitySwap
    from greeks.portfolio import read_portfolio
    from greeks.report.writing import write_report
    from greeks.results.estimate import Estimate
    from greeks.results.result import Result
    from greeks.results.tables import RunResult
    from greeks.scenarios.explain import explain
    from greeks.scenarios.ladder import ladder
    from greeks.scenarios.result import ExplainResult, LadderResult
    from greeks.score_draws import ScoreDraws
    from greeks.score_function import GradientEstimate, score_function_estimate
    from greeks.simulation.path_sample import sample_paths

_HOME = {
    "GBM": "greeks.models.gbm",
    "Black76": "greeks.models.black76",
    "Heston": "greeks.models.heston",
    "European": "greeks.payoffs.european",
    "American": "greeks.payoffs.american",
    "Bermudan": "greeks.payoffs.bermudan",
    "Digital": "greeks.payoffs.digital",
    "Asian": "greeks.payoffs.asian",
    "Lookback": "greeks.payoffs.lookback",
    "Autocallable": "greeks.payoffs.autocallable",
    "Barrier": "greeks.payoffs.barrier",
    "Touch": "greeks.payoffs.touch",
    "Gap": "greeks.payoffs.gap",
    "Power": "greeks.payoffs.power",
    "ForwardStart": "greeks.payoffs.forward_start",
    "RangeAccrual": "greeks.payoffs.range_accrual",
    "Cliquet": "greeks.payoffs.cliquet",
    "VarianceSwap": "greeks.payoffs.variance_swap",
    "VolatilitySwap": "greeks.payoffs.volatility_swap",
    "Stock": "greeks.payoffs.stock",
    "Forward": "greeks.payoffs.forward",
    "Future": "greeks.payoffs.future",
    "Cash": "greeks.payoffs.cash",
    "Custom": "greeks.payoffs.custom",
    "estimate": "greeks.api",
    "run": "greeks.api",
    "upper_bound": "greeks.execution.upper_bound",
    "sample_paths": "greeks.simulation.path_sample",
    "ScoreDraws": "greeks.score_draws",
    "GradientEstimate": "greeks.score_function",
    "score_function_estimate": "greeks.score_function",
    "explain": "greeks.scenarios.explain",
    "ExplainResult": "greeks.scenarios.result",
    "ladder": "greeks.scenarios.ladder",
    "LadderResult": "greeks.scenarios.result",
    "read_portfolio": "greeks.portfolio",
    "write_report": "greeks.report.writing",
    "Book": "greeks.book",
    "Trade": "greeks.book",
    "Estimate": "greeks.results.estimate",
    "Result": "greeks.results.result",
    "RunResult": "greeks.results.tables",
    "GreeksError": "greeks.errors",
    "PortfolioError": "greeks.errors",
    "UsageError": "greeks.errors",
}

__all__ = [
    "GBM",
    "American",
    "Asian",
    "Autocallable",
    "Barrier",
    "Bermudan",
    "Black76",
    "Book",
    "Cash",
    "Cliquet",
    "Custom",
    "Digital",
    "Estimate",
    "European",
    "ExplainResult",
    "Forward",
    "ForwardStart",
    "Future",
    "Gap",
    "GradientEstimate",
    "GreeksError",
    "Heston",
    "LadderResult",
    "Lookback",
    "PortfolioError",
    "Power",
    "RangeAccrual",
    "Result",
    "RunResult",
    "ScoreDraws",
    "Stock",
    "Touch",
    "Trade",
    "UsageError",
    "VarianceSwap",
    "VolatilitySwap",
    "__version__",
    "estimate",
    "explain",
    "ladder",
    "read_portfolio",
    "run",
    "sample_paths",
    "score_function_estimate",
    "upper_bound",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'greeks' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
