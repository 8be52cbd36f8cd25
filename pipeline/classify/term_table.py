"""A table that finds a vocabulary's terms by their hashes with one look each, found or not: hash and displace.

Terms are put into small buckets by some bits of their hashes. For each bucket, largest first, a shift is sought that
brings all its terms to free slots (Belazzougui, Botelho and Dietzfelbinger, "Hash, displace, and compress", 2009).
Steps to the next slot, as `hashing.insert` takes them, end after a number that the processor cannot foresee.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.fetching import fetch

U64 = np.uint64
LARGEST_SHARE = 7 / 8
BUCKET_BITS, STEP_BITS = U64(44), U64(24)
"""The bits of a hash from which on its bucket, and its step, are read: both lie above those of the slot."""
MOST_SHIFTS = 1 << 16
FEWEST_BITS, SLOTS_OF_BUCKET_BITS = 4, 2


class TermTable(NamedTuple):
    """The numbers of terms by their hashes.

    slots: uint64 (2**bits,), the upper bits of a hash and, in the lower `bits`, its number from one; 0 if empty;
    shifts: uint16 (2**(bits - 2),), how many steps the hashes of each bucket are moved.
    """

    slots: NDArray[np.uint64]
    shifts: NDArray[np.uint16]


def build_terms(hashes: NDArray[np.uint64]) -> TermTable:
    """The table that numbers the hashes in order; of equal ones the first is found."""
    bits = FEWEST_BITS
    while len(hashes) > LARGEST_SHARE * (1 << bits):
        bits += 1
    while True:
        table = TermTable(np.zeros(1 << bits, U64), np.zeros(1 << (bits - SLOTS_OF_BUCKET_BITS), np.uint16))
        if _fill(hashes, table):
            return table
        bits += 1


@numba.njit(inline="always")
def number_of(hash_: Any, table: Any) -> Any:
    """The number of a hash from one, 0 if it is unknown."""
    entry, mask = table.slots[_slot(hash_, table)], U64(len(table.slots) - 1)
    return entry & mask if (entry ^ hash_) <= mask else U64(0)


@numba.njit(inline="always")
def fetch_number(hash_: Any, table: Any) -> None:
    """Ask for the slot of a hash."""
    fetch(table.slots, _slot(hash_, table))


@numba.njit(inline="always")
def _slot(hash_: Any, table: Any) -> Any:
    step = (hash_ >> STEP_BITS) | U64(1)
    return (hash_ + U64(table.shifts[_bucket(hash_, table)]) * step) & U64(len(table.slots) - 1)


@numba.njit(inline="always")
def _bucket(hash_: Any, table: Any) -> Any:
    return (hash_ >> BUCKET_BITS) & U64(len(table.shifts) - 1)


@numba.njit(cache=True)
def _fill(hashes: Any, table: Any) -> bool:
    """Find the shifts of all buckets and fill the slots; whether there are such shifts."""
    starts = np.zeros(len(table.shifts) + 1, np.int64)
    for hash_ in hashes:
        starts[_bucket(hash_, table) + U64(1)] += 1
    largest = starts.max()
    starts = np.cumsum(starts)
    members, n_put = np.empty(len(hashes), np.int64), starts[:-1].copy()
    for number in range(len(hashes)):
        bucket = _bucket(hashes[number], table)
        members[n_put[bucket]] = number
        n_put[bucket] += 1
    for size in range(largest, 0, -1):
        for bucket in range(len(table.shifts)):
            own = members[starts[bucket] : starts[bucket + 1]]
            if len(own) == size and not _place(own, bucket, hashes, table):
                return False
    return True


@numba.njit(inline="always")
def _place(members: Any, bucket: int, hashes: Any, table: Any) -> bool:
    """Find the shift of a bucket and put its members into their slots."""
    slots, mask = table.slots, U64(len(table.slots) - 1)
    for shift in range(MOST_SHIFTS):
        table.shifts[bucket] = shift
        n_placed = 0
        for number in members:
            slot, entry = _slot(hashes[number], table), hashes[number] & ~mask | U64(number + 1)
            is_free, is_again = slots[slot] == U64(0), (slots[slot] ^ entry) <= mask
            if not (is_free or is_again):
                break
            slots[slot] = entry if is_free else slots[slot]
            n_placed += 1
        if n_placed == len(members):
            return True
        for number in members[:n_placed]:
            slots[_slot(hashes[number], table)] = U64(0)
    return False
