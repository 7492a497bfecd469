"""What is packed comes back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.segment.codes import (
    pack_small,
    radix_order,
    small_bits,
    unary_steps,
    unary_totals,
    unpack_bits,
    unpack_small,
)


@given(
    st.lists(st.integers(0, 200_000) | st.sampled_from([0, 65_535, 65_536]), max_size=60),
    st.sampled_from([200_001, 1 << 18, 1 << 30]),
)
def test_radix_order_is_the_stable_order(keys: list[int], bound: int) -> None:
    order = radix_order(np.array(keys, dtype=np.int32), bound)
    assert order.tolist() == sorted(range(len(keys)), key=keys.__getitem__)


@given(st.lists(st.booleans(), max_size=50), st.data())
def test_bits(bits: list[bool], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(bits)))
    stop = data.draw(st.integers(start, len(bits)))
    assert (
        unpack_bits(np.packbits(np.array(bits, dtype=bool)), start, stop).tolist()
        == bits[start:stop]
    )


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16, 32])
@given(data=st.data())
def test_small_numbers(bits: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, 2**bits - 1), max_size=40))
    start = data.draw(st.integers(0, len(values)))
    stop = data.draw(st.integers(start, len(values)))
    packed = pack_small(np.array(values, dtype=np.int64), bits)
    assert unpack_small(packed, bits, start, stop).tolist() == values[start:stop]
    assert all(small_bits(np.array([value]))[0] <= bits for value in values)


@given(st.lists(st.integers(0, 40), max_size=40))
def test_unary(steps: list[int]) -> None:
    bits = unary_steps(np.array(steps, dtype=np.int64))
    assert unary_totals(bits).tolist() == np.cumsum(steps, dtype=int).tolist()
    assert bits.sum() == len(steps)
