"""Random models and contracts, in the ranges that desks use."""

from __future__ import annotations

from hypothesis import strategies as st

import greeks as gk


def number(low, high):
    """A float of few digits: examples that can be read."""
    return st.integers(0, 1000).map(lambda k: round(low + (high - low) * k / 1000, 6))


rates = number(-0.03, 0.12)
maturities = number(0.02, 3.0)
strikes = number(60.0, 160.0)
sides = st.sampled_from(["call", "put"])


gbm = st.builds(gk.GBM, spot=number(80.0, 120.0), rate=rates, dividend_yield=rates, volatility=number(0.08, 0.6))
heston = st.builds(
    gk.Heston,
    spot=number(80.0, 120.0),
    rate=rates,
    dividend_yield=rates,
    initial_variance=number(0.01, 0.2),
    mean_reversion=number(0.2, 4.0),
    long_run_variance=number(0.01, 0.2),
    vol_of_vol=number(0.05, 0.9),
    correlation=number(-0.9, 0.5),
)
models = st.one_of(gbm, heston)


@st.composite
def asians(draw):
    """Fresh or seasoned, by count or by dates, average price or average strike."""
    maturity = draw(maturities)
    average_of = draw(st.sampled_from(["price", "strike"]))
    averaging = draw(st.sampled_from(["arithmetic", "geometric"]))
    past = draw(st.integers(0, 3))
    fields = {"maturity": maturity, "average_of": average_of, "averaging": averaging}
    if average_of == "price":
        fields["strike"] = draw(strikes)
    if draw(st.booleans()):
        fields["fixings"] = draw(st.integers(1, 6))
    else:
        parts = draw(st.lists(st.integers(1, 100), min_size=1, max_size=5, unique=True))
        fields["fixing_times"] = tuple(maturity * part / 100 for part in sorted(parts))
    if past:
        fields |= {"past_fixings_count": past, "past_fixings_sum": past * (4.6 if averaging == "geometric" else 100.0)}
    return gk.Asian(draw(sides), **fields)


europeans = st.builds(gk.European, sides, strike=strikes, maturity=maturities)
digitals = st.one_of(
    st.builds(gk.Digital, sides, strike=strikes, maturity=maturities, cash=st.one_of(st.none(), number(0.5, 50.0))),
    st.builds(gk.Digital, sides, strike=strikes, maturity=maturities, payout=st.just("asset")),
)
payoffs = st.one_of(europeans, digitals, asians())
