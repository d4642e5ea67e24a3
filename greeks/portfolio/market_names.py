"""Names seen in market files of vendors, brokers and scripts, and what each is called here."""

from __future__ import annotations

from greeks.portfolio.vocabulary import Vocabulary, by_name, listed

# Short names that are columns: exactly the same meaning, in every text.
ALIASES = {
    "v0": "initial_variance",
    "kappa": "mean_reversion",
    "long_var": "long_run_variance",
    "xi": "vol_of_vol",
    "q": "dividend_yield",
    "r": "rate",
    "vol": "volatility",
}

_MEANT = {
    "underlying": listed(
        "symbol ticker name underlyer underlier und under undl asset stock ric isin code instrument security id bbg"
        " root index underlying_symbol underlying_ticker underlying_name underlying_id security_id key"
    ),
    "model": listed("model_type model_name dynamics process market_model"),
    "currency": listed(
        "ccy curr cur crncy currency_code ccy_code quote_currency quote_ccy price_currency price_ccy trading_currency"
        " denomination"
    ),
    "spot": listed(
        "s s0 spot_price price last last_price last_trade px px_last close close_price adj_close mid mid_price mark"
        " mark_price underlying_price und_price und_px stock_price index_level level quote settle settlement_price"
        " regularMarketPrice fx_spot spot_rate underlying_level underlying_spot spot_mid ref_price reference_price"
    ),
    "rate": listed(
        "riskfree risk_free risk_free_rate riskfree_rate rfr interest_rate interest ir discount_rate domestic_rate"
        " domestic rd r_d r_dom rates short_rate zero_rate sofr ois libor estr sonia euribor"
    ),
    "dividend_yield": listed(
        "dvd_yield div_yield divyield div dividend dy foreign_rate foreign r_for r_foreign dividend_rate div_rate"
        " dvd_yld div_yld yld q_yield trailingAnnualDividendYield eqy_dvd_yld_12m convenience_yield"
        " indicated_yield dividend_yld annual_yield dividend_yield_pct"
    ),
    "volatility": listed(
        "iv ivol imp_vol implied_vol implied_volatility impliedVolatility atm atm_vol atmvol atm_iv atm_volatility"
        " atm_implied_vol vols volas vola volatilities vol_pct volatility_pct annual_vol annual_volatility hv hist_vol"
        " historical_vol historical_volatility realized_vol realised_vol realized_volatility realised_volatility"
        " black_vol bs_vol lognormal_vol stdev std_dev flat_vol volatility_annual spot_vol"
    ),
    "initial_variance": listed("var0 variance variance0 init_var initial_var start_variance spot_variance"),
    "mean_reversion": listed("reversion mean_reversion_speed speed reversion_speed mean_reversion_rate kappa_v"),
    "long_run_variance": listed(
        "long_variance long_term_variance long_term_var long_run_var lr_variance"
        " mean_variance theta_v vbar v_bar v_inf longterm_variance equilibrium_variance"
    ),
    "vol_of_vol": listed("volvol vov vol_vol vol_of_variance volatility_of_volatility sigma_v xi_v"),
    "correlation": listed("corr rho_sv spot_vol_correlation spot_vol_corr correl leverage_correlation"),
}
_CASH = (
    "names dividends on dates, which have a file of their own: --dividends FILE, with the columns underlying, ex_date "
    "and amount or fraction"
)
_FORWARD = "is not read: write dividend_yield = rate - log(forward / spot) / years, which gives the same forward"
_FUTURES = "is the spot of an option on the future: write spot, and black76 in the column model"
_BORROW = "lowers the forward as a dividend yield does: add it to dividend_yield"
_TOLD = {
    "is the long-run variance in some texts and a Greek in others: write long_run_variance": ["theta"],
    "is the correlation in some texts and the Greek of the rate in others: write correlation, or rate": ["rho"],
    "is the volatility in some texts and the vol of variance in others: write volatility, or vol_of_vol": ["sigma"],
    "is a dividend yield in some files and an interest rate in others: write dividend_yield, or rate": listed(
        "yield yields rf funding funding_rate"
    ),
    "is a yield in some files and cash amounts in others: write dividend_yield for a yield; amounts have a file of "
    "their own, --dividends FILE": listed("dividends dvds divs dvd"),
    _CASH: listed(
        "discrete_dividends cash_dividends dividend_schedule dividend_amount dividend_amounts dividend_dates div_amount"
        " dps dividend_per_share ex_date ex_dividend_date last_dividend next_dividend dividend_cash"
    ),
    _FORWARD: listed("forward fwd f forward_price fwd_price forwards atmf"),
    _FUTURES: listed("future future_price futures futures_price fut_price"),
    _BORROW: listed(
        "repo repo_rate borrow borrow_rate borrow_cost borrow_fee borrowing_cost stock_loan stock_loan_fee lending_fee"
        " short_fee"
    ),
    "is the cost of carry: write dividend_yield = rate - carry": listed("carry cost_of_carry carry_rate b basis coc"),
    "is one side of a quote: write spot, the middle of bid and ask": listed("bid ask bid_price ask_price offer"),
    "is part of a smile, which has a file of its own: --vols FILE, with the columns underlying, expiry, strike and "
    "volatility": listed(
        "skew smile rr rr25 rr_25 risk_reversal bf bf25 butterfly vol_slope vol_skew local_vol vol_surface surface"
        " vol_curve"
    ),
    "is a volatility of the price, not of its logarithm: write volatility, about normal volatility / spot": listed(
        "normal_vol bachelier_vol normal_volatility abs_vol bp_vol"
    ),
    "is a volatility: write its square under initial_variance": listed(
        "initial_vol initial_volatility vol0 sigma0 inst_vol"
    ),
    "is a volatility: write its square under long_run_variance": listed(
        "long_run_vol long_run_volatility long_vol long_term_vol theta_vol"
    ),
    "belongs to jumps, which no model of this version has: leave the column out": listed(
        "lambda jump_intensity jump_mean jump_vol jump_size mu_j sigma_j lambda_j"
    ),
    "is the spot's growth, which no price depends on: write rate and dividend_yield": listed("mu drift growth"),
    "is half of a pair: currency is that of the spot and of the payments, USD for EURUSD": listed(
        "base_currency base_ccy foreign_currency domestic_currency"
    ),
    "stands for several parameters: write mean_reversion, long_run_variance or vol_of_vol": listed("nu eta alpha beta"),
}

VOCABULARY = Vocabulary(by_name(_MEANT), by_name(_TOLD))
