from __future__ import annotations

import numpy as np

from greeks.core.workspace import _CHUNK, Workspace, padded


def test_the_same_name_is_the_same_memory_and_others_are_apart():
    workspace = Workspace()
    arrays = {name: workspace.array(name, 3, size) for name, size in (("a", 5), ("b", 100), ("c", 7))}
    for value, array in enumerate(arrays.values()):
        array[:] = value
    for value, (name, array) in enumerate(arrays.items()):
        assert (array == value).all()
        assert array.ctypes.data % 64 == 0
        assert np.shares_memory(array, workspace.array(name, 2, 2))


def test_a_buffer_that_grows_is_the_larger_one_for_every_later_request():
    workspace = Workspace()
    small, large = workspace.array("x", 10), workspace.array("x", 2, 10)
    assert not np.shares_memory(small, large)
    assert np.shares_memory(workspace.array("x", 10), large)


def test_another_owner_gets_the_same_memory():
    workspace = Workspace()
    sizes = (9, _CHUNK + 1, 7, _CHUNK)
    before = [workspace.array(str(size), size) for size in sizes]
    workspace.restart("another")
    after = [workspace.array(f"{size} anew", size) for size in sizes]
    assert workspace.owner == "another" and workspace.recording is None
    assert [a.ctypes.data for a in before] == [b.ctypes.data for b in after]


def test_more_than_a_chunk():
    workspace = Workspace()
    first, large, last = (workspace.array(name, size) for name, size in (("a", 9), ("b", _CHUNK + 1), ("c", _CHUNK)))
    assert large.size == _CHUNK + 1
    assert not any(np.shares_memory(a, b) for a, b in ((first, large), (large, last), (first, last)))


def test_a_chunk_starts_at_a_multiple_of_its_size():
    assert Workspace().array("a", 3).ctypes.data % (8 * _CHUNK) == 0


def test_padded_rows_do_not_share_lines_of_the_cache():
    for width in (512, 4096, 65536):
        stride = padded(width)
        assert stride >= width
        places = {row * stride * 8 % 2**17 // 64 for row in range(52)}  # of 2048 sets of 64 bytes
        assert len(places) == 52
