from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import greeks as gk
from greeks.estimators.registry import ESTIMATORS
from greeks.payoffs.registry import PAYOFFS

ROOT = Path(__file__).parents[2]
HEAVY = ("numba", "pandas", "matplotlib", "rich", "jinja2", "scipy")


def python(code, **environment):
    import os

    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def test_importing_compiles_nothing_and_loads_nothing_heavy():
    code = f"""
import importlib, pkgutil, sys, greeks
assert len(sys.modules) < 120, len(sys.modules)
for module in pkgutil.walk_packages(greeks.__path__, 'greeks.'):
    importlib.import_module(module.name)
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("[]", "['scipy']"), done.stdout  # closed forms need SciPy


def test_every_package_is_installed():
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {"greeks_cli"} | {
        ".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "greeks").rglob("__init__.py")
    }
    assert listed == found


def contracts():
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["name"]: contract for contract in lint["contracts"]}


def test_every_room_has_a_layer():
    """A module that no contract names may import anything."""
    named = [name for layer in contracts()["Imports run downward"]["layers"] for name in layer.split(" | ")]
    found = {f"greeks.{path.stem}" for path in (ROOT / "greeks").glob("*.py")}
    found |= {f"greeks.{path.parent.name}" for path in (ROOT / "greeks").glob("*/__init__.py")}
    assert sorted(named) == sorted(found - {"greeks.__init__", "greeks.__main__"})


def test_every_payoff_and_estimator_is_a_sibling():
    """All of the registries, and what else stands beside them."""
    payoffs = {payoff.__module__ for payoff in PAYOFFS.values()} | {gk.Custom.__module__}
    assert set(contracts()["Siblings do not know each other"]["modules"]) == payoffs
    estimators = {type(estimator).__module__ for estimator in ESTIMATORS.values()}
    assert set(contracts()["Estimators do not know each other"]["modules"]) == estimators


def test_no_dynamic_code():
    for path in [*(ROOT / "greeks").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]:
        text = path.read_text()
        for word in ("eval(", "exec(", "pickle", "np.random", "fastmath=True", "parallel=True"):
            assert word not in text.replace("retrieval(", "").replace("allow_pickle=False", ""), (path, word)


def test_no_kernel_stands_where_an_edit_starts_no_new_cache():
    code = """
import importlib, pkgutil, greeks
for module in pkgutil.walk_packages(greeks.__path__, 'greeks.'):
    importlib.import_module(module.name)
from greeks.compiler.jit import KERNELS, _NO_KERNELS
assert len(KERNELS) > 30
rooms = {name.split('.')[1] for name in KERNELS}
print(sorted(room for room in rooms if room in _NO_KERNELS or room + '.py' in _NO_KERNELS))
"""
    done = python(code)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_no_kernel_depends_on_what_starts_no_new_cache():
    code = """
import importlib, pkgutil, sys
for room in ('core', 'models', 'payoffs', 'estimators'):
    package = importlib.import_module(f'greeks.{room}')
    for module in pkgutil.walk_packages(package.__path__, f'greeks.{room}.'):
        importlib.import_module(module.name)
from greeks.compiler.jit import _NO_KERNELS
loaded = {name.split('.')[1] for name in sys.modules if name.startswith('greeks.')}
assert loaded
print(sorted(room for room in loaded if room in _NO_KERNELS or room + '.py' in _NO_KERNELS))
"""
    done = python(code)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
