"""The commands on the example files."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
COLUMNS = (
    "trade_id,underlying,product,model,greek,estimator,value,standard_error,ci_low,ci_high,paths,unit,status,reason,"
    "reference,z_score,bias,relative_error,target_met,quantity,multiplier,position_value,position_standard_error"
)
ONE = ("one", "european", "call", "--spot", 100, "--strike", 100, "--maturity", 1, "--volatility", 0.2, "--rate", 0.05)
FEW = ("--paths", "4000")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def complaints(err: str) -> list[str]:
    """Lines on stderr, but for notes on how the files were read."""
    return [line for line in err.splitlines() if not line.startswith("note: ")]


def loaded(statement: str) -> set[str]:
    """Top-level modules in memory after a statement in a fresh interpreter."""
    code = f"import sys\ntry:\n    {statement}\nexcept SystemExit:\n    pass\nprint(*{{m.split('.')[0] for m in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_and_version_import_nothing_heavy() -> None:
    heavy = {"numba", "numpy", "pandas", "pydantic", "rich", "scipy"}
    for option in ("--help", "--version", "-h"):
        assert not heavy & loaded(f"import greeks_cli.main; greeks_cli.main.main([{option!r}])"), option


def test_validate_imports_no_numba_and_no_pandas(example: tuple[str, ...]) -> None:
    modules = loaded(f"import greeks_cli.main; greeks_cli.main.main(['validate', *{example!r}])")
    assert not {"numba", "pandas", "scipy", "rich"} & modules
    assert "greeks" in modules


def test_help_names_every_command_and_every_command_has_help(greeks: Call) -> None:
    from greeks_cli.main import COMMANDS, cli

    text = greeks("--help").out
    for name, short in COMMANDS.items():
        assert f"  {name} " in text
        command = cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        assert command.short_help == short
        got = greeks(name, "--help")
        assert (got.code, got.err) == (0, "")


def test_run_writes_the_columns_of_the_interface(greeks: Call, example: tuple[str, ...]) -> None:
    got = greeks("run", *example, *FEW)
    assert got.code == 0
    assert not complaints(got.err)
    header = got.out.splitlines()[0]
    assert header.startswith(COLUMNS)
    assert header.endswith("desk,strategy")
    found = rows(got.out)
    assert {row["greek"] for row in found} == {"price", "delta", "gamma", "vega", "rho"}
    assert len({row["trade_id"] for row in found}) >= 24
    for row in found:
        assert row["status"] in ("ok", "warn", "na")
        assert row["status"] == "ok" or row["reason"]  # an ok number may carry a note, such as its bump
        value = float(row["value"])
        position = value * float(row["quantity"]) * float(row["multiplier"])
        assert float(row["position_value"]) == pytest.approx(position, rel=1e-14)
        if row["z_score"]:
            assert abs(float(row["z_score"])) < 5


def test_run_is_reproducible_and_formats_agree(greeks: Call, example: tuple[str, ...], tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    for extension in ("csv", "json", "parquet"):
        assert greeks("run", *example, *FEW, "-o", tmp_path / f"a.{extension}", "--threads", 2).code == 0
    assert greeks("run", *example, *FEW, "-o", tmp_path / "b.csv", "--threads", 1).code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    for other in ("json", "parquet"):
        got = greeks("compare", tmp_path / "a.csv", tmp_path / f"a.{other}", "--rtol", 0)
        assert got.code == 0, got.out
        assert " 0 within" in got.out
    document = json.loads((tmp_path / "a.json").read_text())
    assert set(document) == {"manifest", "trades", "net"}
    assert {"version", "settings", "inputs", "machine"} <= set(document["manifest"])


def test_csv_floats_read_back_exactly(greeks: Call, example: tuple[str, ...], tmp_path: Path) -> None:
    greeks("run", *example, *FEW, "-o", tmp_path / "a.json")
    exact = json.loads((tmp_path / "a.json").read_text())["trades"]
    for row, text in zip(exact, rows(greeks("run", *example, *FEW).out), strict=True):
        assert float(text["value"]) == row["value"]
        assert float(text["standard_error"]) == row["standard_error"]


def test_net_file_and_grouping(greeks: Call, example: tuple[str, ...], tmp_path: Path) -> None:
    net = tmp_path / "net.csv"
    got = greeks("run", *example, *FEW, "--greeks", "price,delta", "--net", net, "--group-by", "Desk")
    assert got.code == 0
    assert {row["greek"] for row in rows(got.out)} == {"price", "delta"}
    found = rows(net.read_text())
    assert list(found[0])[:7] == ["level", "underlying", "currency", "desk", "greek", "estimator", "value"]
    assert {row["desk"] for row in found if row["level"] == "group"} == {"index", "exotics", "commodities", "fx"}
    assert greeks("run", *example, "--net", "-").code == 2
    assert greeks("run", *example, "--group-by", "nowhere", *FEW).code == 2


def test_two_seeds_agree_within_their_error_bars(greeks: Call, example: tuple[str, ...], tmp_path: Path) -> None:
    paths = ("--paths", "2e4")
    greeks("run", *example, *paths, "-o", tmp_path / "a.csv")
    greeks("run", *example, *paths, "-o", tmp_path / "b.csv", "--seed", 7)
    assert greeks("compare", tmp_path / "a.csv", tmp_path / "b.csv", "--sigmas", 5).code == 0
    got = greeks("compare", tmp_path / "a.csv", tmp_path / "b.csv", "--sigmas", 0)
    assert got.code == 5
    assert "errors apart" in got.out


def test_table(greeks: Call, example: tuple[str, ...]) -> None:
    got = greeks("run", *example, *FEW, "--format", "table")
    assert got.code == 0
    assert "±" in got.out
    assert "Net positions" in got.out
    assert "\x1b" not in got.out


def test_one(greeks: Call) -> None:
    got = greeks(*ONE, "--paths", "1e4", "--greeks", "price,delta", "--estimators", "lr,pw")
    assert got.code == 0
    found = rows(got.out)
    assert [(row["greek"], row["estimator"]) for row in found if row["greek"] == "delta"] == [
        ("delta", "likelihood_ratio"),
        ("delta", "pathwise"),
    ]
    assert float(found[0]["reference"]) == pytest.approx(10.450583572185565, rel=1e-12)  # Black-Scholes
    assert "quantity" not in found[0]
    assert "10.45" in greeks(*ONE, "--paths", "1e4", "--format", "table").out
    document = json.loads(greeks(*ONE, "--paths", "1e4", "--format", "json").out)
    assert document["trades"][0]["greek"] == "price"


def test_one_reports_every_wrong_option(greeks: Call) -> None:
    got = greeks("one", "asian", "call", "--spot", "x", "--strike", 100, "--maturity", 1, "--vol", 20, "--cash", 1)
    assert got.code == 2
    first, *others = got.err.splitlines()
    assert first.startswith("Error: --cash: '1' has no meaning for product asian: leave it out")
    assert others == [
        "  give exactly one of fixings (a count), fixing_times (a list of years) and fixing_dates; "
        "none where past_fixings holds every fixing",
        "  --spot: cannot read 'x' as a number",
        "  --volatility: a volatility of 20 is 2000%: write 0.20 for 20 %",
    ]
    assert "unknown product 'swaption'" in greeks("one", "swaption").err
    missing = greeks("one", "european", "call", "--spot", 100, "--strike", 100).err
    assert "--maturity: is missing, and so is --expiry" in missing and "--volatility: is missing" in missing


def test_one_has_an_option_for_every_field(greeks: Call) -> None:
    from greeks.models.registry import MODELS
    from greeks.payoffs.registry import PAYOFFS
    from greeks.portfolio.columns import all_columns

    text = greeks("one", "--help").out
    for name in {**all_columns(PAYOFFS), **all_columns(MODELS)}:
        assert name == "option_type" or f"--{name.replace('_', '-')}" in text


def test_a_target_that_is_not_reached_is_code_5(greeks: Call) -> None:
    got = greeks(*ONE, "--paths", 2000, "--max-paths", 4000, "--target", "1e-6", "--no-analytic")
    assert got.code == 5
    assert "target" in got.err
    assert len(rows(got.out)) == 5


def test_skipped_rows_are_code_4(greeks: Call, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(
        "trade_id,underlying,product,option_type,strike,maturity\nA,X,european,call,100,1\nB,X,european,call,,1\n"
    )
    (tmp_path / "m.csv").write_text("underlying,spot,volatility\nX,100,0.2\n")
    got = greeks("run", tmp_path / "b.csv", "-m", tmp_path / "m.csv", "--on-error", "skip", *FEW)
    assert got.code == 4
    assert {row["trade_id"] for row in rows(got.out)} == {"A"}
    assert "trade B" in got.err


def test_schema_template_and_info(greeks: Call, tmp_path: Path) -> None:
    from greeks.payoffs.registry import PAYOFFS

    (tmp_path / "m.csv").write_text(greeks("template", "market").out)
    for arguments in ((), *((product,) for product in PAYOFFS)):
        (tmp_path / "b.csv").write_text(greeks("template", *arguments).out)
        got = greeks("validate", tmp_path / "b.csv", "-m", tmp_path / "m.csv")
        assert (got.code, complaints(got.err)) == (0, [])
    assert greeks("template", "swaption").code == 2
    assert set(json.loads(greeks("schema").out)["properties"]) == {"trades", "market"}
    facts = json.loads(greeks("info", "--json").out)
    assert facts["numpy"]
    assert "cache" in greeks("info").out


def test_unknown_command(greeks: Call) -> None:
    got = greeks("rnu")
    assert got.code == 2
    assert "did you mean 'run'?" in got.err
