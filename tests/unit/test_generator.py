from __future__ import annotations

import numpy as np
import pytest
from reference import naive
from scipy import stats

from greeks.compiler.jit import kernel, threefry2x64
from greeks.core.generator import fill_normals, fill_uniforms, first_of, stream_key

ONES = 2**64 - 1
# Random123's known answers for threefry2x64, 20 rounds: counter, key, result.
KNOWN = [
    ((0, 0), (0, 0), (0xC2B6E3A8C2C69865, 0x6F81ED42F350084D)),
    ((ONES, ONES), (ONES, ONES), (0xE02CB7C4D95D277A, 0xD06633D0893B8B68)),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344),
        (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x263C7D30BB0F0AF1, 0x56BE8361D3311526),
    ),
]


@kernel
def _threefry(k0, k1, a, b, c, d, row):
    return threefry2x64(k0, k1, a, b, c, d, row)


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_known_answers(counter, key, expected):
    key0, key1, first, second = (np.uint64(word) for word in (*key, *counter))
    others = [np.uint64((counter[0] + k) % 2**64) for k in range(1, 4)]
    words = [int(word) for word in _threefry(key0, key1, first, *others, second)]
    assert (words[0], words[4]) == expected
    for place, other in enumerate(others, start=1):
        assert (words[place], words[4 + place]) == tuple(naive.threefry(key, (int(other), counter[1])))
    assert tuple(naive.threefry(key, counter)) == expected


def test_normals_against_the_naive_ones():
    key = stream_key(7, "x", 1.0)
    out = np.empty((3, 16))
    fill_normals(*key, first_of(32), 5, out)
    slow = naive.normals(key, 32, 8, 16)[5:]
    np.testing.assert_allclose(out, slow, rtol=1e-13, atol=1e-15)


def test_distribution_and_independence():
    z = np.empty((8, 2**16))
    fill_normals(*stream_key(1, "d"), first_of(0), 0, z)
    flat = z.ravel()
    n = flat.size
    assert stats.kstest(flat, "norm").pvalue > 1e-4
    assert abs(flat.mean()) < 4.5 / np.sqrt(n)
    assert abs((flat**2).mean() - 1) < 4.5 * np.sqrt(2 / n)
    assert abs((flat**4).mean() - 3) < 4.5 * np.sqrt(96 / n)
    other = np.empty_like(z)
    fill_normals(*stream_key(2, "d"), first_of(0), 0, other)
    half = z.shape[1] // 2
    for a, b in ((z[0], z[1]), (z[0, :half], z[0, half:]), (z[:, 1:], z[:, :-1]), (z, other)):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 4.5 / np.sqrt(a.size)
    radius = z[:, :half] ** 2 + z[:, half:] ** 2  # the pair of one draw: exponential with mean 2
    assert stats.kstest(radius.ravel() / 2, "expon").pvalue > 1e-4


def test_uniforms_are_open_and_uniform():
    u = np.empty((4, 2**16))
    fill_uniforms(*stream_key(3), first_of(0), 0, u)
    assert u.min() > 0
    assert u.max() < 1
    assert stats.kstest(u.ravel(), "uniform").pvalue > 1e-4


def test_a_block_is_the_same_whoever_draws_it():
    key = stream_key(5, "y")
    together, apart = np.empty((2, 8)), np.empty((2, 8))
    fill_normals(*key, first_of(8), 0, together)
    fill_normals(*key, first_of(0), 0, apart)
    assert not np.array_equal(together, apart)
    fill_normals(*key, first_of(8), 0, apart)
    assert np.array_equal(together, apart)


def test_a_block_has_a_multiple_of_eight_paths():
    for width, columns in ((None, 12), (12, 16), (24, 16)):
        with pytest.raises(ValueError, match="a multiple of 8 is needed that fits"):
            fill_normals(1, 2, first_of(0), 0, np.empty((1, columns)), width)


def test_keys_do_not_collide():
    keys = [
        stream_key(1, "ab", "c"),
        stream_key(1, "a", "bc"),
        stream_key(1, "abc"),
        stream_key(2, "abc"),
        stream_key(1, 1.0),
        stream_key(1, 1.0, 1.0),
        stream_key(1),
    ]
    assert len(set(keys)) == len(keys)
