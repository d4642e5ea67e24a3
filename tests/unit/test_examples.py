"""The examples run, and give what is exact."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

HOME = Path(__file__).parents[2] / "examples"


def example(name):
    spec = importlib.util.spec_from_file_location(f"example_{name}", HOME / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def close(found, exact):
    return np.all(abs(np.subtract(found.value, exact)) < 4.0 * np.array(found.standard_error) + 1e-12)


def test_a_bandit_with_a_baseline():
    plain, helped, exact = example("reinforce").bandit()
    assert close(plain, exact)
    assert close(helped, exact)
    assert np.all(helped.standard_error < 0.1 * plain.standard_error)


def test_a_small_control_problem():
    assert close(*example("reinforce").control())


def test_a_gaussian_latent():
    assert close(*example("elbo").gaussian())


def test_a_categorical_latent_and_the_bias_of_its_relaxation():
    scored, relaxed, exact = example("elbo").categorical()
    assert np.allclose(scored.value, exact, rtol=1e-9)  # what depends on the class is linear in all scores
    assert scored.status == "warn"  # no spread is left: a bound stands for the error
    assert np.max(abs(relaxed.value - exact) / relaxed.standard_error) > 10.0


def test_an_insurance_portfolio():
    assert close(*example("insurance").stop_loss())
