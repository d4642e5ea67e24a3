"""The payoffs by product name: a new payoff is one file and one line here."""

from __future__ import annotations

from greeks.payoffs.american import American
from greeks.payoffs.asian import Asian
from greeks.payoffs.autocallable import Autocallable
from greeks.payoffs.barrier import Barrier
from greeks.payoffs.base import Payoff
from greeks.payoffs.bermudan import Bermudan
from greeks.payoffs.cash import Cash
from greeks.payoffs.cliquet import Cliquet
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

PAYOFFS: dict[str, type[Payoff]] = {
    payoff.kind: payoff
    for payoff in (
        European,
        American,
        Bermudan,
        Digital,
        Asian,
        Lookback,
        Autocallable,
        Barrier,
        Touch,
        Gap,
        Power,
        ForwardStart,
        RangeAccrual,
        Cliquet,
        VarianceSwap,
        VolatilitySwap,
        Stock,
        Forward,
        Future,
        Cash,
    )
}
