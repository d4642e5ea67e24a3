from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greeks.core.moments import MOMENT_COLUMNS, block_moments
from greeks.core.trees import MomentTree, merge_moments


def exact(x):
    x = np.asarray(x, dtype=np.longdouble)
    d = x - x.mean()
    return np.array([x.size, x.mean(), (d**2).sum(), (d**3).sum(), (d**4).sum()], dtype=float)


def block(x):
    out = np.empty((len(x), MOMENT_COLUMNS))
    block_moments(np.ascontiguousarray(x), x.shape[1], out)
    return out


@pytest.mark.parametrize("n", [1, 7, 8, 31, 32, 33, 1000, 4096])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_block(n, offset):
    x = np.random.default_rng(n).standard_exponential((2, n)) + offset
    for row, moments in zip(x, block(x), strict=True):
        # The third power sum may cancel, so its tolerance is that of the absolute third moment.
        scale = np.abs(row - row.mean()) ** np.arange(5)[:, None]
        np.testing.assert_allclose(moments, exact(row), rtol=1e-12, atol=1e-9 * scale.sum(axis=1).max() + 1e-12)


def test_columns_beyond_n_are_ignored():
    x = np.random.default_rng(0).standard_normal((1, 64))
    out = np.empty((1, MOMENT_COLUMNS))
    block_moments(x, 50, out)
    np.testing.assert_allclose(out[0], exact(x[0, :50]), rtol=1e-12)


def test_merge():
    x = np.random.default_rng(1).standard_exponential((3, 500))
    merged = np.empty((3, MOMENT_COLUMNS))
    merge_moments(block(x[:, :123]), block(x[:, 123:]), merged)
    np.testing.assert_allclose(merged, block(x), rtol=1e-12)


LEAVES = [block(np.random.default_rng(i).standard_normal((2, 16))) for i in range(13)]


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(13)), st.integers(0, 13), st.booleans())
def test_the_tree_has_the_same_bits_in_any_order(order, cut, merge_first):
    whole = MomentTree()
    for i in range(13):
        whole.add(i, LEAVES[i])
    one, two = MomentTree(), MomentTree()
    for i in order[:cut]:
        one.add(i, LEAVES[i])
    for i in order[cut:]:
        two.add(i, LEAVES[i])
    if merge_first:
        one, two = two, one
    one.merge(two)
    assert one.total().tobytes() == whole.total().tobytes()
    assert one.total()[0, 0] == 13 * 16


def test_the_tree_refuses_a_block_twice_and_an_empty_total():
    tree = MomentTree()
    with pytest.raises(ValueError, match="no block"):
        tree.total()
    tree.add(4, LEAVES[0])
    with pytest.raises(ValueError, match="twice"):
        tree.add(4, LEAVES[0])
