"""A market file's unknown column is an error that names the right one: what a feed calls a rate is never a rate of 0."""

from __future__ import annotations

import pytest

import greeks as gk
from greeks.errors import PortfolioError
from greeks.models.registry import MODELS
from greeks.portfolio import market_names
from greeks.portfolio.columns import all_columns
from greeks.portfolio.market import names
from greeks.portfolio.vocabulary import plain

BOOK = "trade_id,underlying,product,option_type,strike,maturity\nA1,SPX,european,call,100,1\n"
MEANT = {
    "spot": ["last", "S0", "Last Price", "spot-price", "close", "px_last", "Index Level"],
    "rate": ["riskfree", "risk_free", "Risk-Free Rate", "interest_rate", "domestic_rate", "riskfre_rate", "SOFR"],
    "dividend_yield": ["dvd_yield", "div_yield", "Div. Yield", "dividendYield", "foreign_rate", "dividend", "divident_yield"],
    "volatility": ["atm_vol", "vols", "impliedVolatility", "iv", "IV", "Implied Vol.", "blackVol", "hist_vol", "volatilty"],
    "currency": ["ccy", "CRNCY", "quote_currency", "curency"],
    "underlying": ["symbol", "Ticker", "underlyer"],
    "initial_variance": ["variance", "V_0"],
    "long_run_variance": ["longvar", "long_term_variance"],
    "vol_of_vol": ["volvol", "VolOfVol", "sigma_v"],
    "mean_reversion": ["speed", "mean_reversion_speed"],
    "correlation": ["corr", "spot_vol_corr"],
    "model": ["dynamics"],
}  # fmt: skip
TOLD = {
    "yield": "write dividend_yield, or rate",
    "rf": "write dividend_yield, or rate",
    "dividends": "write dividend_yield for a yield; amounts have a file of their own",
    "discrete_dividends": "dividends on dates, which have a file of their own: --dividends FILE",
    "repo": "add it to dividend_yield",
    "Repo Rate": "add it to dividend_yield",
    "borrow": "add it to dividend_yield",
    "carry": "write dividend_yield = rate - carry",
    "cost-of-carry": "write dividend_yield = rate - carry",
    "forward": "write dividend_yield = rate - log(forward / spot) / years",
    "Fwd": "write dividend_yield = rate - log(forward / spot) / years",
    "bid": "the middle of bid and ask",
    "skew": "is part of a smile, which has a file of its own: --vols FILE",
    "initial_vol": "write its square under initial_variance",
    "lambda": "jumps",
    "theta": "write long_run_variance",
    "rho": "write correlation, or rate",
    "sigma": "write volatility, or vol_of_vol",
    "base_currency": "USD for EURUSD",
    "strike": "belongs in the portfolio file",
    "quantity": "belongs in the portfolio file",
    "trade_id": "belongs in the portfolio file",
    "source": "is unknown, and nothing is ignored: leave the column out, or choose from underlying, model, currency",
    "as_of": "is unknown, and nothing is ignored",
}


def problems(folder, market, book=BOOK):
    """Messages of the header of a market file, by column."""
    (folder / "b.csv").write_text(book)
    (folder / "m.csv").write_text(market)
    with pytest.raises(PortfolioError) as caught:
        gk.read_portfolio(folder / "b.csv", market=folder / "m.csv")
    return {issue.column: issue.message for issue in caught.value.issues if issue.file.endswith("m.csv")}


@pytest.mark.parametrize(("column", "name"), [(column, name) for column in MEANT for name in MEANT[column]])
def test_another_word_names_the_column(tmp_path, column, name):
    found = problems(tmp_path, f"underlying,spot,volatility,{name}\nSPX,100,0.2,1\n")
    assert found[name] == f'is unknown: did you mean "{column}"?'


@pytest.mark.parametrize("name", TOLD)
def test_what_is_not_there_says_what_to_write(tmp_path, name):
    assert TOLD[name] in problems(tmp_path, f"underlying,spot,volatility,{name}\nSPX,100,0.2,1\n")[name]


def test_the_vocabulary_is_consistent():
    """Every word means one thing, points at a column that exists, and is no column itself."""
    known = [*names().known, *market_names.ALIASES]
    groups = [{plain(word) for word in part} for part in (*market_names._MEANT.values(), *market_names._TOLD.values())]
    words = [word for group in groups for word in group]
    assert len(words) == len(set(words)), sorted(word for word in set(words) if words.count(word) > 1)
    assert set(market_names._MEANT) <= set(names().known)
    assert not {plain(name) for name in known} & set(words), {plain(name) for name in known} & set(words)
    assert set(market_names.ALIASES.values()) <= set(all_columns(MODELS))


def test_the_names_that_gave_a_rate_of_zero(tmp_path):
    found = problems(tmp_path, "underlying,spot,risk_free,div_yield,volatility\nSPX,100,0.05,0.03,0.2\n")
    assert found == {
        "risk_free": 'is unknown: did you mean "rate"?',
        "div_yield": 'is unknown: did you mean "dividend_yield"?',
    }
    for header in ("underlying,spot,rate,dividend_yield,volatility", "underlying,spot,r,q,vol"):
        (tmp_path / "m.csv").write_text(f"{header}\nSPX,100,0.05,0.03,0.2\n")
        book = gk.read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv")
        price = gk.run(book, paths=4096, greeks="price").trades.reference[0]
        assert price == pytest.approx(8.6525, abs=5e-5)


def test_currencies(tmp_path):
    (tmp_path / "b.csv").write_text(BOOK)
    (tmp_path / "m.csv").write_text(
        "underlying,spot,volatility,Currency\nSPX,100,0.2,USD\nNKY,100,0.2,JPY\nSX5E,90,0.2,\n"
    )
    book = gk.read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv")
    assert book.currencies == {"SPX": "USD"}


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("usd", "write USD"),
        ("GBp", "write GBP, and the spot in pounds"),
        ("GBX", "write GBP"),
        ("$", "such as USD"),
        ("US Dollar", "such as USD"),
    ],
)
def test_codes_of_currencies(tmp_path, code, remedy):
    message = problems(tmp_path, f"underlying,spot,volatility,currency\nSPX,100,0.2,{code}\n")["currency"]
    assert repr(code) in message and remedy in message


def test_a_model_that_is_not_stated_is_named_by_its_parameters(tmp_path):
    heston = "spot,volatility,initial_variance,mean_reversion,long_run_variance,vol_of_vol,correlation"
    told = problems(tmp_path, f"underlying,{heston}\nSPX,100,0.2,0.04,1,0.04,0.3,-0.5\n")
    assert told["vol_of_vol"].endswith("no meaning for model gbm: leave it blank, or write heston in the column model")
    stated = problems(tmp_path, f"underlying,model,{heston}\nSPX,gbm,100,0.2,0.04,1,0.04,0.3,-0.5\n")
    assert stated["vol_of_vol"] == told["vol_of_vol"]  # a model that was stated may be the mistake
