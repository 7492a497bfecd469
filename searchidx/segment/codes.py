"""Numbers in few bits, coded and decoded by whole arrays.

Bits lie most significant first in their bytes, as ``numpy.packbits`` has them. Ascending numbers
are coded as their low bytes and, for what is above, in unary: a 0 for every step of 256, a 1 for
every number (after P. Elias, "Efficient storage and retrieval by content and address of static
files", JACM 21(2), 1974).
"""

from __future__ import annotations

import numpy as np

from searchidx.segment.parts import Array

__all__ = [
    "BitsWriter",
    "pack_small",
    "radix_order",
    "running_total",
    "small_bits",
    "unary_steps",
    "unary_totals",
    "unpack_bits",
    "unpack_small",
]


_MOST_SPLIT = 4  # so many values of the high bits are looked for one by one


def radix_order(keys: Array, bound: int) -> Array:
    """The stable order of whole numbers from 0 below ``bound``: int64, same shape.

    16 bits a pass, for which numpy's stable sort is a radix sort.
    """
    if bound <= 1 << 16:
        return np.argsort(keys.astype(np.uint16), kind="stable")
    low, high = keys.astype(np.uint16), keys >> 16
    if bound <= _MOST_SPLIT << 16:
        every = (np.flatnonzero(high == value) for value in range(-(-bound >> 16)))
        return np.concatenate([these[np.argsort(low[these], kind="stable")] for these in every])
    order = np.argsort(low, kind="stable")
    return order[np.argsort(high[order].astype(np.uint16), kind="stable")]


class BitsWriter:
    """Packs bits that come in pieces."""

    def __init__(self) -> None:
        self._packed: list[Array] = []
        self._left = np.zeros(0, dtype=bool)

    def add(self, bits: Array) -> None:
        """Take the next bits: bool."""
        if len(self._left):
            bits = np.concatenate([self._left, bits])
        whole = len(bits) & ~7
        self._packed.append(np.packbits(bits[:whole]))
        self._left = bits[whole:].copy()

    def packed(self) -> Array:
        """All bits, the last byte filled with zeros: uint8."""
        return np.concatenate([*self._packed, np.packbits(self._left)])


def unpack_bits(packed: Array, start: int, stop: int) -> Array:
    """Bits ``start`` to ``stop`` of packed ones: bool."""
    low = start >> 3
    bits = np.unpackbits(packed[low : (stop + 7) >> 3])
    return bits[start - 8 * low : stop - 8 * low].view(bool)


def small_bits(largest: Array) -> Array:
    """How many bits each number up to these needs, of 0, 1, 2, 4, 8, 16 and 32: uint8."""
    bounds = np.array([0, 1, 3, 15, 255, 65535])
    widths = np.array([0, 1, 2, 4, 8, 16, 32], dtype=np.uint8)
    return widths[np.searchsorted(bounds, largest)]


def pack_small(values: Array, bits: int) -> Array:
    """Whole numbers of 1, 2 or 4 bits packed into bytes, others as the dtype of that width."""
    if bits >= 8:
        return values.astype(f"<u{bits // 8}")
    each = 8 // bits
    padded = np.zeros(-(-len(values) // each) * each, dtype=np.uint8)
    padded[: len(values)] = values
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    packed: Array = np.bitwise_or.reduce(padded.reshape(-1, each) << shifts, axis=1)
    return packed.astype(np.uint8)


def unpack_small(packed: Array, bits: int, start: int, stop: int) -> Array:
    """Numbers ``start`` to ``stop`` of those that ``pack_small`` packed: uint."""
    if bits >= 8:
        return packed[start:stop]
    if bits == 1:
        return unpack_bits(packed, start, stop).view(np.uint8)
    each = 8 // bits
    low = start // each
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    values = (packed[low : -(-stop // each)][:, None] >> shifts) & ((1 << bits) - 1)
    return values.reshape(-1)[start - low * each : stop - low * each]


def unary_steps(steps: Array) -> Array:
    """The bits, as bool, for numbers given as how many steps each is above the one before."""
    ends = running_total(steps)
    ends += np.arange(1, len(ends) + 1)
    bits = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=bool)
    ends -= 1
    bits[ends] = True
    return bits


def running_total(values: Array) -> Array:
    """The sum of all values up to each: int64, same shape."""
    # ``np.cumsum(values, dtype=…)`` converts in small pieces, which takes ten times as long.
    totals = values.astype(np.int64)
    return np.cumsum(totals, out=totals)


def unary_totals(bits: Array) -> Array:
    """All steps taken up to each number: int64, one for each 1 among the bits."""
    ones = np.flatnonzero(bits)
    return ones - np.arange(len(ones))
