"""Errors speak to the user, in full and in one voice."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.errors import InputError, PipelineError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PipelineError)]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InputError("is empty"), "is empty"),
        (InputError("is empty", where="a.csv"), "a.csv: is empty"),
        (InputError("is empty", where="a.csv", expected="rows"), "a.csv: is empty\n  expected: rows"),
        (InputError("is empty", mend="fill it"), "is empty\n  to mend:  fill it"),
        (InputError("w", where="x", expected="e", mend="m"), "x: w\n  expected: e\n  to mend:  m"),
    ],
)
def test_a_message_says_what_where_expected_and_how_to_mend(error: PipelineError, message: str) -> None:
    assert str(error) == message
    assert error.args == (message,)


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_ends_a_run_as_a_bad_request(kind: type[PipelineError]) -> None:
    assert kind("x").exit_code == 2
