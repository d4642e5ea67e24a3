"""Accuracy and time-step bias of the Heston schemes: ``python -m benchmarks.heston_bias``.

Writes docs/heston_tables.md, docs/heston_accuracy.csv, docs/heston_bias.csv and docs/heston_bias.svg.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import greeks as gk
from benchmarks.heston_sets import SETS
from greeks.analytic.registry import reference

DOCS = Path(__file__).parents[1] / "docs"
GREEKS = (
    "price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta",
    "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation",
)  # fmt: skip
SHOWN = ("price", "delta", "vega", "vol_of_vol", "correlation")
STEPS = (8, 16, 32, 64, 128)


def trades(maturity: float) -> dict[str, object]:
    """In and out of the money."""
    return {
        "call 80": gk.European("call", strike=80.0, maturity=maturity),
        "call 130": gk.European("call", strike=130.0, maturity=maturity),
        "digital put 110": gk.Digital("put", strike=110.0, maturity=maturity),
        "digital call 120": gk.Digital("call", strike=120.0, maturity=maturity),
    }


def accuracy(paths: int) -> list[dict[str, object]]:
    """Every Greek of every set at the default number of steps, by the conditional estimator."""
    rows: list[dict[str, object]] = []
    for name, (model, maturity) in SETS.items():
        for label, trade in trades(maturity).items():
            found = gk.estimate(trade, model, greeks=GREEKS, estimators="conditional", paths=paths, seed=5)
            exact = reference(trade, model)
            for greek in GREEKS:
                number = found[greek, "conditional"]
                rows.append(
                    {
                        "set": name,
                        "trade": label,
                        "greek": greek,
                        "exact": exact[greek],
                        "value": number.value,
                        "standard_error": number.standard_error,
                        "z": (number.value - exact[greek]) / number.standard_error,
                        "relative": (number.value - exact[greek]) / abs(exact[greek]),
                        "status": number.status,
                    }
                )
    return rows


def bias(paths: int) -> list[dict[str, object]]:
    """Price and Greeks of an at-the-money call by steps a year and scheme."""
    rows: list[dict[str, object]] = []
    for name in ("mild", "Broadie-Kaya", "Feller violated"):
        model, maturity = SETS[name]
        trade = gk.European("call", strike=100.0, maturity=maturity)
        exact = reference(trade, model)
        for scheme in ("qe", "full_truncation"):
            for steps in STEPS:
                found = gk.estimate(
                    trade,
                    replace(model, scheme=scheme),
                    greeks=SHOWN,
                    estimators="conditional",
                    paths=paths,
                    seed=5,
                    steps_per_year=steps,
                )
                for greek in SHOWN:
                    number = found[greek, "conditional"]
                    rows.append(
                        {
                            "set": name,
                            "scheme": scheme,
                            "steps": steps,
                            "greek": greek,
                            "exact": exact[greek],
                            "bias": number.value - exact[greek],
                            "standard_error": number.standard_error,
                        }
                    )
    return rows


def write(rows: list[dict[str, object]], name: str) -> None:
    with (DOCS / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()} for row in rows)


def tables(found: list[dict[str, object]], biased: list[dict[str, object]], paths: tuple[int, int]) -> str:
    text = [
        "# Heston: measured accuracy\n",
        "Written by `python -m benchmarks.heston_bias`; the full numbers are in `heston_accuracy.csv` and `heston_bias.csv`.\n",
        f"## Every set, default steps, QE-M, conditional estimator, {paths[0]:,} paths\n",
        "Relative difference to the semi-analytic value, in per cent, with its distance in standard errors in brackets.\n",
    ]
    for name in SETS:
        model, maturity = SETS[name]
        text.append(f"\n### {name}: maturity {maturity:g}, Feller ratio {model.feller_ratio:.3g}\n")
        labels = list(trades(maturity))
        text.append("| Greek | " + " | ".join(labels) + " |\n|---|" + "---|" * len(labels))
        for greek in GREEKS:
            cells = [r for r in found if r["set"] == name and r["greek"] == greek]
            shown = [f"{100 * float(str(r['relative'])):+.2f} ({float(str(r['z'])):+.1f})" for r in cells]
            text.append(f"| {greek} | " + " | ".join(shown) + " |")
    text.append(f"\n## Time-step bias, at-the-money call of one year, {paths[1]:,} paths\n")
    text.append("Value minus semi-analytic value, in per cent of it, with the standard error in brackets.\n")
    for name in dict.fromkeys(r["set"] for r in biased):
        text.append(f"\n### {name}\n")
        text.append(
            "| Greek | scheme | " + " | ".join(f"{s} steps" for s in STEPS) + " |\n|---|---|" + "---|" * len(STEPS)
        )
        for greek in SHOWN:
            for scheme in ("qe", "full_truncation"):
                cells = [r for r in biased if (r["set"], r["greek"], r["scheme"]) == (name, greek, scheme)]
                scale = [100.0 / abs(float(str(r["exact"]))) for r in cells]
                shown = [
                    f"{float(str(r['bias'])) * k:+.2f} ({float(str(r['standard_error'])) * k:.2f})"
                    for r, k in zip(cells, scale, strict=True)
                ]
                text.append(f"| {greek} | {scheme} | " + " | ".join(shown) + " |")
    return "\n".join(text) + "\n"


def plot(rows: list[dict[str, object]]) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "heston"
    import matplotlib.pyplot as plt

    sets = list(dict.fromkeys(str(r["set"]) for r in rows))
    figure, axes = plt.subplots(len(sets), 3, figsize=(11, 3 * len(sets)), sharex=True, squeeze=False)
    for line, name in zip(axes, sets, strict=True):
        for axis, greek in zip(line, ("price", "vega", "vol_of_vol"), strict=True):
            for scheme, colour in (("qe", "#1f77b4"), ("full_truncation", "#d95f02")):
                cells = [r for r in rows if (r["set"], r["greek"], r["scheme"]) == (name, greek, scheme)]
                scale = 100 / abs(float(str(cells[0]["exact"])))
                axis.errorbar(
                    [float(str(r["steps"])) for r in cells],
                    [float(str(r["bias"])) * scale for r in cells],
                    yerr=[2 * float(str(r["standard_error"])) * scale for r in cells],
                    label={"qe": "QE-M", "full_truncation": "full truncation"}[scheme],
                    color=colour,
                    marker="o",
                    markersize=4,
                    capsize=3,
                )
            axis.axhline(0.0, color="grey", linewidth=0.8)
            axis.set_xscale("log", base=2)
            axis.set_xticks(STEPS, [str(s) for s in STEPS])
            axis.set_title(f"{name}: {greek}", fontsize=10)
    axes[0][0].legend(fontsize=9)
    for axis in axes[:, 0]:
        axis.set_ylabel("bias, % of the value")
    for axis in axes[-1]:
        axis.set_xlabel("steps a year")
    figure.tight_layout()
    figure.savefig(DOCS / "heston_bias.svg", metadata={"Date": None})


def main() -> None:
    paths = 2**17, 2**20
    found, biased = accuracy(paths[0]), bias(paths[1])
    write(found, "heston_accuracy.csv")
    write(biased, "heston_bias.csv")
    (DOCS / "heston_tables.md").write_text(tables(found, biased, paths))
    plot(biased)


if __name__ == "__main__":
    main()
