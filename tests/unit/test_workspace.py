from __future__ import annotations

import numpy as np

from greeks.workspace import _CHUNK, Workspace, padded


def test_the_same_name_is_the_same_memory_and_others_are_apart():
    workspace = Workspace()
    arrays = {name: workspace.array(name, 3, size) for name, size in (("a", 5), ("b", 100), ("c", 7))}
    for value, array in enumerate(arrays.values()):
        array[:] = value
    for value, (name, array) in enumerate(arrays.items()):
        assert (array == value).all()
        assert array.ctypes.data % 64 == 0
        assert np.shares_memory(array, workspace.array(name, 2, 2))


def test_a_buffer_that_grows_keeps_growing_by_half():
    workspace = Workspace()
    addresses = {workspace.array("x", size).ctypes.data for size in range(1000, 3000)}
    assert len(addresses) <= 4


def test_more_than_a_chunk():
    workspace = Workspace()
    first, large, last = (workspace.array(name, size) for name, size in (("a", 9), ("b", _CHUNK + 1), ("c", _CHUNK)))
    assert large.size == _CHUNK + 1
    assert not any(np.shares_memory(a, b) for a, b in ((first, large), (large, last), (first, last)))


def test_padded_rows_do_not_share_lines_of_the_cache():
    for width in (512, 4096, 65536):
        stride = padded(width)
        assert stride >= width
        places = {row * stride * 8 % 2**17 // 64 for row in range(52)}  # of 2048 sets of 64 bytes
        assert len(places) == 52
