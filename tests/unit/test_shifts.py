"""Shifts: what they mean, where they lead, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

import greeks as gk
from greeks.scenarios.shifts import Scenario, Shift, difference, grid, moved, shifts_of

GBM = gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=0.2)
FUTURE = gk.Black76(spot=50, rate=0.02, volatility=0.3)
HESTON = gk.Heston(
    spot=100, rate=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.05, vol_of_vol=0.5,
    correlation=-0.6,
)  # fmt: skip
CALL = gk.European("call", strike=100, maturity=1.0)
BOOK = gk.Book(
    (gk.Trade("a", "X", CALL), gk.Trade("b", "X", CALL, -2.0, volatility=0.25), gk.Trade("c", "H", CALL)),
    {"X": GBM, "H": HESTON, "F": FUTURE},
)


@pytest.mark.parametrize(
    ("axis", "given", "amounts"),
    [
        ("spot", "-10%, 0 ,+5%", [(-0.1, True), (0.0, False), (0.05, True)]),
        ("spot", "-10,25.5", [(-10.0, False), (25.5, False)]),
        ("spot", [-0.1, "10%"], [(-0.1, False), (0.1, True)]),
        ("volatility", "-5pt,0.02,10%", [(-0.05, False), (0.02, False), (0.1, True)]),
        ("rate", "25bp,1pt,-.01,1e-3", [(0.0025, False), (0.01, False), (-0.01, False), (0.001, False)]),
        ("rate", 0.01, [(0.01, False)]),
        ("rate", None, [(0.0, False)]),
        ("spot", "0%", [(0.0, False)]),
    ],
)
def test_what_is_written_is_what_is_meant(axis: str, given: object, amounts: list[tuple[float, bool]]) -> None:
    assert [(shift.amount, shift.relative) for shift in shifts_of(axis, given)] == [
        (pytest.approx(amount, rel=1e-14), relative) for amount, relative in amounts
    ]


def test_the_grid_is_the_product_with_the_last_axis_fastest() -> None:
    found = [str(one) for one in grid("-1%,1%", None, "0,10bp")]
    assert found == ["spot -1%", "spot -1%, rate +0.001", "spot +1%", "spot +1%, rate +0.001"]
    assert str(Scenario()) == "no shift"


def test_every_model_moves_by_the_numbers_written_by_hand() -> None:
    up = Scenario(Shift(0.1, True), Shift(0.05), Shift(-0.01))
    found = moved(BOOK, up)
    assert found.models["X"] == replace(GBM, spot=GBM.spot * 1.1, volatility=0.2 + 0.05, rate=0.03 - 0.01)
    assert found.models["F"] == replace(FUTURE, spot=50 * 1.1, volatility=0.3 + 0.05, rate=0.02 - 0.01)
    heston = found.models["H"]
    assert heston.initial_variance == pytest.approx(0.25**2, rel=1e-14)
    assert replace(heston, initial_variance=0.04) == replace(HESTON, spot=100 * 1.1, rate=0.02 - 0.01)
    assert found.model_of(found.trades[1]) == replace(found.models["X"], volatility=0.25 + 0.05)


def test_a_relative_volatility_is_of_each_own() -> None:
    found = moved(BOOK, Scenario(volatility=Shift(-0.5, True)))
    assert found.models["X"].volatility == 0.1 and found.model_of(found.trades[1]).volatility == 0.125
    assert found.models["H"].initial_variance == pytest.approx(0.01, rel=1e-14)


def test_no_shift_is_the_same_book() -> None:
    same = moved(BOOK, Scenario())
    assert same.models == BOOK.models
    assert [same.model_of(trade) for trade in same.trades] == [BOOK.model_of(trade) for trade in BOOK.trades]


def test_a_difference_holds_each_trade_twice() -> None:
    found = difference(BOOK, Scenario(Shift(0.1, True), Shift(0.05)))
    assert sum(trade.position for trade in found.trades) == 0.0
    assert [found.model_of(trade).spot for trade in found.trades] == [pytest.approx(110), 100.0] * 3
    assert [found.model_of(trade).volatility for trade in found.trades[:4]] == [0.25, 0.2, 0.3, 0.25]


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        (("ten", None, None), "'ten' is no shift: write a shift such as -10% or +25"),
        (("5pt", None, None), "in points, which a spot has not"),
        ((None, "10bps", None), "'10bps' is no shift"),
        ((None, None, ""), "rate: '' is no shift"),
        ((None, None, []), "no shift is named"),
        (("-10%,-10%", None, None), "-10% is named twice"),
        ((None, "2pt,0.02", None), "+0.02 is named twice"),
        ((True, None, None), "True is no shift"),
        (([float("nan")], None, None), "nan is no shift"),
        (("1e999", None, None), "is too large"),
        ((None, None, None), "no shift is given"),
        (([float(k) for k in range(200)], [float(k) for k in range(60)], None), "at most 10000"),
        (("--5%", None, None), "is no shift"),
        (("５%", None, None), "is no shift"),
    ],
)
def test_what_is_no_shift_is_refused_with_what_to_write(axes: tuple, said: str) -> None:
    with pytest.raises(gk.UsageError) as caught:
        grid(*axes)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (Scenario(spot=Shift(-1.0, True)), "X under spot -100%"),
        (Scenario(spot=Shift(-60.0)), "F under spot -60"),
        (Scenario(volatility=Shift(-0.22)), "the volatility 0.2 would be -0.02"),
        (Scenario(rate=Shift(2.0)), "X under rate +2"),
        (Scenario(volatility=Shift(3.9)), "volatility"),
    ],
)
def test_a_shift_out_of_range_names_the_underlying(scenario: Scenario, said: str) -> None:
    with pytest.raises(gk.UsageError) as caught:
        moved(BOOK, scenario)
    assert said in str(caught.value) and "name a smaller shift" in str(caught.value)


def test_a_model_that_cannot_be_moved_is_told() -> None:
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Flat:
        spot: float = 100.0
        rate: float = 0.0

    class Own:
        spot = 100.0

    for model, said in ((Flat(), "has no volatility to move"), (Own(), "is no dataclass")):
        with pytest.raises(gk.UsageError, match=said):
            moved(gk.Book((), {"X": model}), Scenario(volatility=Shift(0.01)))
    assert moved(gk.Book((), {"X": Flat()}), Scenario(spot=Shift(1.0))).models["X"] == Flat(spot=101.0)
