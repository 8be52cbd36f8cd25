"""Errors that speak to the user: what happened, where, what was expected, and how to mend it."""

from __future__ import annotations


class PipelineError(Exception):
    """A run that cannot mean anything; the command line prints it in full and exits with `exit_code`."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", expected: str = "", mend: str = "") -> None:
        self.what, self.where, self.expected, self.mend = what, where, expected, mend
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.mend:
            lines.append(f"  to mend:  {self.mend}")
        return "\n".join(lines)


class InputError(PipelineError):
    """A path, table or document that cannot be used."""


class LabelError(PipelineError):
    """Labelled data or a taxonomy that cannot be used."""


class ModelError(PipelineError):
    """A model folder that is absent, damaged or of another format."""


class SettingsError(PipelineError):
    """A settings file with an unknown key or a value of the wrong kind."""


class OutputError(PipelineError):
    """The result could not be written; nothing half-written is left behind."""
