"""Which lengths of fields are kept: Whoosh's approximations, or the numbers themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from whoosh.util.numeric import byte_to_length

from searchidx.segment.parts import Array

__all__ = ["LengthRule", "exact", "rounded"]

LengthRule = Callable[[Array], Array]

_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], dtype=np.int64)


def rounded(lengths: Array) -> Array:
    """The next of the 256 lengths that Whoosh's own codec knows, so that its scores are ours."""
    return _LENGTHS[np.minimum(np.searchsorted(_LENGTHS, lengths), len(_LENGTHS) - 1)]


def exact(lengths: Array) -> Array:
    """The lengths as they are."""
    return lengths
