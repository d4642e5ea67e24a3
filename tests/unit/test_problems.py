"""Many problems in few lines, and none lost where they differ."""

from __future__ import annotations

from greeks.errors import Issue, PortfolioError
from greeks.text.problems import lines


def issues(*messages: str, column: str = "strike") -> list[Issue]:
    return [Issue("b.csv", n, message, f"trade T{n}", column) for n, message in enumerate(messages, start=2)]


def test_one_cause_is_one_line() -> None:
    found = issues(*["is blank"] * 5000)
    assert lines(found) == ["b.csv:2: trade T2: column strike: is blank (and in 4,999 more rows)"]
    error = PortfolioError(found)
    assert len(error.issues) == 5000 and "\n" not in str(error)


def test_values_differ_and_the_cause_is_one() -> None:
    found = issues(*(f"cannot read '${n}' as a number: write {n}, without the currency" for n in range(100, 200)))
    assert lines(found) == [
        "b.csv:2: trade T2: column strike: cannot read '$100' as a number: write 100, without the currency "
        "(and the like in 99 more rows)"
    ]


def test_a_few_values_have_a_line_each() -> None:
    found = issues(*["'C' is not one of call, put: write call", "'P' is not one of call, put: write put"] * 50)
    assert [line.split(": ", 3)[3] for line in lines(found)] == [
        "'C' is not one of call, put: write call (and in 49 more rows)",
        "'P' is not one of call, put: write put (and in 49 more rows)",
    ]
    found = issues(*["'XYZ' is not in the market file"] * 50, "'ABC' is not in the market file")
    assert len(lines(found)) == 2


def test_three_rows_are_listed_one_by_one_and_columns_are_apart() -> None:
    found = issues("is blank", "is blank", "is blank") + issues("is blank", "is blank", column="maturity")
    assert lines(found) == [str(issue) for issue in found]


def test_the_name_of_the_trade_makes_no_difference() -> None:
    found = [Issue("b.csv", n, f"T{n} is already on line 2", f"trade T{n}", "trade_id") for n in range(3, 50)]
    assert len(lines(found)) == 1


def test_the_name_of_a_trade_may_be_a_number() -> None:
    found = [
        Issue("b.csv", n, f"'${n}.00' has a currency sign: write {n}.00", f"trade {n % 100}", "strike")
        for n in range(100, 140)
    ]
    assert len(lines(found)) == 1


def test_there_is_a_limit() -> None:
    found = [Issue("b.csv", n, f"problem {chr(0x4E00 + n)}") for n in range(1, 1000)]
    shown = lines(found)
    assert len(shown) == 101 and shown[-1] == "and 899 more problems: mend these first"
