"""Names seen in the position files of brokers, exchanges and risk systems, and what each is called here.

None of them is an alias: what a file says under the columns' own names is what is valued.
"""

from __future__ import annotations

from greeks.portfolio.market_names import ALIASES
from greeks.portfolio.vocabulary import Vocabulary, by_name, listed

OF_MARKET = "belongs in the market file, in the row of the underlying"

# Who and what a trade is: other words for these columns are labels where the column itself is there.
_IDENTIFIERS = {
    "trade_id": listed(
        "id deal_id deal_no deal trade trade_no trade_number trade_ref position_id ticket ticket_id order_id ref uid"
        " contract_id row key"
    ),
    "underlying": listed(
        "symbol ticker underlyer underlier under und undl undly root root_symbol asset stock security isin ric bbg"
        " underlying_symbol underlying_ticker underlying_name underlying_id undersymbol underlying_asset index"
    ),
    "product": listed(
        "instrument instrument_type product_type product_name security_type sec_type contract_type deal_type kind"
        " option_kind instr_type asset_type"
    ),
}
_MEANT = {
    "quantity": listed(
        "qty quantities contracts num_contracts no_of_contracts number_of_contracts nb_contracts n_contracts"
        " contract_count contract_qty lots num_lots no_of_lots number_of_lots lot_qty trade_quantity trade_qty"
        " position positions pos position_quantity position_qty net_qty net_quantity net_position net_pos open_position"
        " open_quantity open_qty signed_quantity signed_qty holding holdings shares units number_of_units no_of_units"
        " number count order_qty order_quantity filled_qty last_qty deal_size trade_size position_size contracts_held"
        " current_position current_qty total_quantity total_qty long_qty"
    ),
    "multiplier": listed(
        "contract_size contract_multiplier lot_size point_value mult multiplicator units_per_contract lot_multiplier"
        " shares_per_contract contract_unit contract_units value_per_point big_point_value point_multiplier"
        " contract_factor price_multiplier size_multiplier option_multiplier deliverable_shares"
    ),
    "strike": listed(
        "strike_price exercise_price strike_px strike_level strike_rate k x strike_value strk exer_price option_strike"
    ),
    "expiry": listed(
        "expiration expiration_date expiry_date maturity_date exp exp_date expire expires expire_date expiry_dt"
        " last_trade_date last_trading_day last_trading_date lastTradeDateOrContractMonth contract_month"
        " contract_expiry option_expiry exercise_date end_date final_date termination_date mat_date"
    ),
    "maturity": listed(
        "time_to_maturity ttm tte t tau time_to_expiry time_to_expiration years_to_expiry years_to_maturity years"
        " year_fraction yearfrac time time_years t_years"
    ),
    "option_type": listed(
        "call_put put_call cp pc cp_flag call_put_flag callput_flag put_call_flag put_or_call call_or_put right"
        " opt_right option_right opt_type flag cp_type option_class option_flag callput_indicator"
    ),
    "volatility": listed(
        "vol iv ivol imp_vol implied_vol implied_volatility vols vola sigma atm_vol market_iv mid_iv bid_iv ask_iv"
        " bs_vol black_vol strike_vol hist_vol volatility_pct vol_pct"
    ),
    "exercise": listed("exercise_style exercise_type style option_style expiration_style opt_style ex_style"),
    "exercises": listed("num_exercises number_of_exercises no_of_exercises n_exercises exercise_count"),
    "exercise_times": listed("exercise_schedule call_times put_times"),
    "exercise_dates": listed("call_dates put_dates bermudan_dates early_exercise_dates"),
    "averaging": listed("averaging_type average_type avg_type averaging_method average_method averaging_style"),
    "cash": listed(
        "cash_amount payout_amount cash_payout cash_payoff payoff_amount digital_payout fixed_payout binary_payout"
        " digital_amount cash_or_nothing payment_amount payout_cash"
    ),
    "payout": listed("payout_type digital_type binary_type pay_type"),
    "fixings": listed(
        "num_fixings number_of_fixings no_of_fixings n_fixings fixing_count observations num_observations"
        " number_of_observations averaging_points n_obs"
    ),
    "fixing_times": listed("fixing_time fixing_schedule observation_times reset_times averaging_times"),
    "past_fixings_sum": listed("running_sum running_accumulator accumulated_sum fixed_sum past_sum sum_so_far"),
    "past_fixings_count": listed("past_count fixed_count fixings_done past_fixing_count past_fixings_number"),
}
_QUANTITY = "is the quantity on some statements and"
_TOLD = {
    "is not read: sign the quantity instead, 10 for a purchase and -10 for a sale": listed(
        "side buy_sell buy_or_sell bs b_s long_short long_or_short ls l_s direction position_side trade_side sign"
        " action order_action buysell_indicator verb transaction_type order_side"
    ),
    f"{_QUANTITY} the multiplier on others: write quantity, or multiplier": ["size"],
    f"{_QUANTITY} the cash of a digital on others: write quantity, or cash": ["amount", "amt"],
    f"{_QUANTITY} the volume traded by all on others: write quantity": ["volume"],
    "is an amount of money on some desks and of the underlying on others: write quantity and multiplier, "
    "whose product is the number of units": listed(
        "notional nominal notional_amount nominal_amount face face_value principal contract_value notional_value"
    ),
    "is the inverse of the multiplier in some files: write multiplier": listed("ratio conversion_ratio parity"),
    "is the value of one tick: write multiplier, the value of one point": listed("tick_value tick_size"),
    "scales what is paid in some files: write multiplier": listed(
        "participation participation_rate participation_pct gearing leverage leverage_factor weight weights factor"
        " scale scaling scale_factor hedge_ratio"
    ),
    "limits what is paid: write local_floor, local_cap, global_floor or global_cap of a cliquet, or cap of a variance "
    "swap; no other product has a limit": listed(
        "floor payoff_cap payoff_floor cap_level floor_level max_payoff min_payoff max_payout min_payout max_return"
    ),
    "is the product in some files and call or put in others: write product, or option_type": listed(
        "type option payoff payoff_type"
    ),
    "is a column a side here: write one row for each option, with option_type and strike": listed(
        "call put calls puts call_strike put_strike strike1 strike2 strike_1 strike_2 lower_strike upper_strike"
    ),
    "is in days: write maturity in years, days / 365, or expiry as a date": listed(
        "dte days days_to_expiry days_to_expiration days_to_maturity days_left expiry_days maturity_days day_count_days"
    ),
    "is a length of time as a word: write maturity in years, 0.25 for 3M, or expiry as a date": listed(
        "tenor term maturity_term option_tenor"
    ),
    "is ACT/365F for every expiry: write maturity in years by another count": listed("day_count daycount dcc"),
    "is a payment after the expiry: write it as payment_lag, in calendar days, or as payment_date": listed(
        "pay_date settlement_lag settlement_days settlement_date settle_date settle_lag value_date pay_lag"
        " delivery_date delivery_lag payment_days payment_delay"
    ),
    "is given to the command, as --as-of YYYY-MM-DD (as_of in Python), and not read from a file": listed(
        "as_of asof as_of_date valuation_date val_date pricing_date eval_date"
    ),
    "of a trade is that of its underlying, in the market file's column currency": listed(
        "ccy curr cur crncy currency_code trade_currency trade_ccy price_currency premium_currency contract_currency"
    ),
    "is a payment in another currency than the underlying's, which is not available in this version": listed(
        "quanto quanto_currency payoff_currency payout_currency settlement_currency settle_ccy settlement_ccy"
    ),
    "is a rate to another currency: give it to the command in a file, --fx FILE": listed("fx fx_rate fxrate xrate"),
    "is a mean: write past_fixings_sum = mean x count, and past_fixings_count": listed(
        "past_average running_average average_so_far past_mean avg_so_far running_mean current_average"
    ),
    "is fixed or floating strike: write average_of, price or strike": listed("asian_type average_strike_type"),
    "says where a barrier is and not what it does, or the reverse: write barrier_type, such as up-and-out, and "
    "barrier": (
        listed(
            "knock_in knock_out ki ko ki_level ko_level kilevel kolevel knockin_barrier knockout_barrier up_barrier"
            " down_barrier barrier_up barrier_down barrier_direction barrier_style trigger_level"
        )
    ),
    "is one of two barriers: write lower_barrier and upper_barrier": listed("barrier1 barrier2 barrier_1 barrier_2"),
    OF_MARKET: [
        *(name for name in ALIASES if name != "vol"),
        *listed(
            "s s0 underlying_price und_price"
            " underlying_spot spot_price stock_price index_level forward fwd forward_price future_price futures_price"
            " risk_free risk_free_rate riskfree interest_rate discount_rate div div_yield dividend dvd_yield dividends"
            " foreign_rate domestic_rate repo repo_rate borrow borrow_rate carry"
        ),
    ],
}

# A name with one of these words names a term of a trade, unless another word says that it groups trades.
_WORDS = {
    "write quantity": listed("qty quantity quantities contracts lots"),
    "write multiplier": listed("multiplier mult"),
    "write strike": listed("strike strikes"),
    "write expiry or maturity": listed("expiry expiration expires maturity tenor"),
    "write volatility": listed("vol vols volatility iv ivol sigma"),
    "write spot, in the market file": ["spot"],
    "write dividend_yield, in the market file": ["dividend"],
    "write barrier_type, barrier and rebate": listed("barrier barriers knock knockin knockout rebate"),
    "write exercise": listed("exercise american bermudan"),
    "write payout": listed("payout payoff"),
    "write averaging": listed("averaging"),
    "write fixings or fixing_times": listed("fixing fixings"),
    "write quantity and multiplier": listed("notional nominal"),
}
_GROUPING = frozenset(
    listed("desk book group bucket band trader strategy tag label comment note notes source team user class status")
)

# Columns of few products, so near to words that trades are grouped by that only a close slip is taken for one.
RARE = listed(
    "monitoring monitoring_start monitoring_end start start_date lower upper cap trigger direction exponent moneyness"
    " coupon memory local_floor local_cap global_floor global_cap notional"
)

VOCABULARY = Vocabulary(
    by_name(_MEANT),
    by_name(_TOLD),
    by_name(_IDENTIFIERS),
    {word: said for said, group in _WORDS.items() for word in group},
    _GROUPING,
)
