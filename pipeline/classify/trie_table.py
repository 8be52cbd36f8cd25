"""A lexicon's trie as arrays that compiled code walks: most steps lead to the node with the next number."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.lexicon import END_STEM, END_WHOLE, GAP_STEM, GAP_WHOLE, ROOTS, SYMBOL_BITS, Lexicon

SHIFT = np.uint64(SYMBOL_BITS)
SPREAD = np.uint64(0x9E3779B97F4A7C15)
EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
OPENING_LENGTH, OPENING_BITS = 4, 16
NO_SYMBOL = np.uint64(0)
SYMBOL = np.uint32((1 << SYMBOL_BITS) - 1)
MAY_END, BRANCHES = SYMBOL_BITS, np.uint32(1 << (SYMBOL_BITS + 2))
"""In `Trie.nodes`: above the symbol two bits for where a run may end, and one for other children than the next node."""


class Trie(NamedTuple):
    """A lexicon as arrays, and the columns of each node's term.

    nodes: uint32 (n_nodes,), the symbol that leads from each node to the one with the next number, as most do, else
    `SYMBOL`; whether a run that ends here, or one that may go on, ends at it; whether it has other children. keys,
    children: a hash table from (node, symbol) to these. openings: bool (2**16,), by hash, the root and the first
    characters of all terms: few places in a text need a walk through the trie.
    """

    nodes: NDArray[np.uint32]
    keys: NDArray[np.uint64]
    children: NDArray[np.int32]
    column_starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    openings: NDArray[np.bool_]


def build_trie(lexicon: Lexicon) -> Trie:
    """Arrays of a lexicon; an empty one gives an empty trie."""
    plain = lexicon.trie()
    edges, below = np.array([*plain.children], np.uint64), np.array([*plain.children.values()], np.int32)
    own = [plain.columns.get(node, ()) for node in range(plain.n_nodes)]
    starts = np.concatenate([[0], np.cumsum([len(columns) for columns in own])]).astype(np.int32)
    columns = np.array([column for columns in own for column in columns], np.int32)
    parents, symbols = (edges >> SHIFT).astype(np.int64), edges & ((np.uint64(1) << SHIFT) - np.uint64(1))
    may_end = np.zeros((2, plain.n_nodes), np.bool_)
    for may_go_on, stops in enumerate(((GAP_WHOLE, END_WHOLE), (GAP_STEM, END_STEM))):
        may_end[may_go_on, parents[np.isin(symbols, stops)]] = True
    nodes, is_next = np.full(plain.n_nodes, SYMBOL), below == parents + 1
    nodes[parents[is_next]] = symbols[is_next]
    nodes |= (may_end[0] + 2 * may_end[1]).astype(np.uint32) << np.uint32(MAY_END)
    nodes[parents[~is_next]] |= BRANCHES
    table = _other_children(edges[~is_next], below[~is_next])
    return Trie(nodes, *table, starts, columns, _openings(parents, symbols, below, may_end))


def _other_children(
    edges: NDArray[np.uint64], below: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    bits = max(4, int(2 * len(edges)).bit_length())
    keys, children = np.full(1 << bits, EMPTY), np.zeros(1 << bits, np.int32)
    _fill_table(edges, below, keys, children)
    return keys, children


def _openings(
    parents: NDArray[np.int64], symbols: NDArray[np.uint64], below: NDArray[np.int32], may_end: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    nodes, openings = np.arange(may_end.shape[1]), np.zeros(1 << OPENING_BITS, np.bool_)
    reached, keys = np.isin(nodes, ROOTS), nodes.astype(np.uint64)
    whole, stem = may_end
    for _ in range(OPENING_LENGTH):
        onward = reached[parents] & (symbols < GAP_WHOLE)
        keys[below[onward]] = _follow.py_func(keys[parents[onward]], symbols[onward])
        openings[_opening.py_func(keys[reached & stem])] = True
        openings[_opening.py_func(_follow.py_func(keys[reached & whole], NO_SYMBOL))] = True
        reached = np.isin(nodes, below[onward])
    openings[_opening.py_func(keys[reached])] = True
    return openings


@numba.njit(inline="always")
def _follow(key: Any, symbol: Any) -> Any:
    return (key ^ symbol) * SPREAD


@numba.njit(inline="always")
def _opening(key: Any) -> Any:
    return key >> np.uint64(64 - OPENING_BITS)


@numba.njit(inline="always")
def may_open(codes: Any, position: int, stop: int, root: int, trie: Any) -> bool:
    """Whether a term may begin here, in a run that ends at `stop`; False is sure."""
    key, may_open = np.uint64(root), False
    for at in range(position, position + OPENING_LENGTH):
        if at == stop:
            return may_open or trie.openings[_opening(_follow(key, NO_SYMBOL))]
        key = _follow(key, np.uint64(codes[at]))
        may_open |= trie.openings[_opening(key)]
    return may_open


@numba.njit(inline="always")
def _slot(key: Any, n_slots: int) -> Any:
    return ((key * SPREAD) >> np.uint64(20)) & np.uint64(n_slots - 1)


@numba.njit(cache=True)
def _fill_table(edges: Any, below: Any, keys: Any, children: Any) -> None:
    for i in range(len(edges)):
        slot = _slot(edges[i], len(keys))
        while keys[slot] != EMPTY:
            slot = (slot + np.uint64(1)) & np.uint64(len(keys) - 1)
        keys[slot], children[slot] = edges[i], below[i]


@numba.njit(inline="always")
def child_of(node: int, symbol: int, trie: Any) -> int:
    """The node that a symbol leads to from a node, -1 for none."""
    said = trie.nodes[node]
    if said & SYMBOL == symbol:
        return node + 1
    if not said & BRANCHES:
        return -1
    key = (np.uint64(node) << SHIFT) | np.uint64(symbol)
    slot = _slot(key, len(trie.keys))
    while trie.keys[slot] != EMPTY:
        if trie.keys[slot] == key:
            return int(trie.children[slot])
        slot = (slot + np.uint64(1)) & np.uint64(len(trie.keys) - 1)
    return -1


@numba.njit(inline="always")
def ends_run(node: int, may_go_on: bool, trie: Any) -> bool:
    """Whether a run that ends here, or one that may go on, ends at a node."""
    return bool((trie.nodes[node] >> np.uint32(MAY_END + int(may_go_on))) & np.uint32(1))
