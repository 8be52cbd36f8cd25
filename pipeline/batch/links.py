"""What only all documents together decide: the id of each, and of which other it is a duplicate."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NUMBERS = re.compile(r"(?:-[0-9]+)+\Z")


class Named(NamedTuple):
    """What a document goes by in the tables; `duplicate_of` is "" or the id of an earlier one."""

    id: str
    duplicate_of: str


class UniqueIds:
    """Each id once: a repeated one gets "-2", "-3" and so on."""

    def __init__(self) -> None:
        self._n_of_id: dict[str, int] = {}

    def of(self, own: str) -> str:
        """The id for the next document of that id."""
        identity = own
        while identity in self._n_of_id:
            self._n_of_id[own] += 1
            identity = f"{own}-{self._n_of_id[own]}"
        self._n_of_id[identity] = 1
        return identity


class Links:
    """Names the documents, of which those that are `concerned` (bool) are asked for in the order of the inputs.

    lead_of: int64, the position of the document that each repeats, or -1; may_repeat: bool, whether another document
    has the same id but for numbers behind it. All others go by their own id and repeat none.
    """

    def __init__(self, lead_of: NDArray[np.int64], may_repeat: NDArray[np.bool_]) -> None:
        self._lead_of, self._may_repeat = lead_of, may_repeat
        self._unique = UniqueIds()
        leads = lead_of[lead_of >= 0]
        self._id_of_lead = dict.fromkeys(leads.tolist(), "")
        self.concerned = may_repeat | (lead_of >= 0)
        self.concerned[leads] = True

    def of(self, position: int, own: str) -> Named:
        """The names of the document at a position, whose own id is given."""
        identity = self._unique.of(own) if self._may_repeat[position] else own
        if position in self._id_of_lead:
            self._id_of_lead[position] = identity
        return Named(identity, self._id_of_lead.get(int(self._lead_of[position]), ""))


def find_links(
    documents: Iterable[tuple[Sequence[str], bytes | memoryview]], texts: Callable[[Sequence[int]], Iterator[str]]
) -> Links:
    """Links of documents in order, some at a time: their ids, and their signatures, joined.

    texts: gives the texts at ascending positions.
    """
    import numpy as np

    stems, signatures = array("q"), bytearray()
    for ids, joined in documents:
        stems.extend([hash(_NUMBERS.sub("", own) if "-" in own else own) for own in ids])
        signatures += joined
    _, group, n_alike = np.unique(np.frombuffer(stems, np.int64), return_inverse=True, return_counts=True)
    if len(stems) < 2:
        lead_of = np.full(len(stems), -1, np.int64)
    else:
        from pipeline.ingest.signatures import link

        lead_of = link(signatures, texts)
    return Links(lead_of, n_alike[group] > 1)
