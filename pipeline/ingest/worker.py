"""The process that parses untrusted binary formats: one request a line on stdin, one item a line on stdout.

Started by `pipeline.ingest.isolated`, which kills it when it takes too long; it limits its own memory and CPU time.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from pipeline.ingest.encodings import NotTextError
from pipeline.ingest.files import TooLargeError, UnreadableError
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

Item = Received | Skipped | InputFile
PARSERS = {
    "docx": "pipeline.ingest.docx:read_docx",
    "eml": "pipeline.ingest.eml:unpack_eml",
    "json": "pipeline.ingest.json_rows:read_json",
    "hwpx": "pipeline.ingest.hwpx:read_hwpx",
    "parquet": "pipeline.ingest.parquet_rows:read_parquet",
    "pdf": "pipeline.ingest.pdf:read_pdf",
    "xlsx": "pipeline.ingest.xlsx:read_xlsx",
}
"""Module and function of each parser: imported here, and only when asked for."""
LARGE_BYTES = 200_000_000
"""A process that holds more after a file than this is not used for another one."""


def main() -> None:
    """Answer requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin:
        _answer(json.loads(line), answers)


def _answer(request: dict[str, Any], answers: TextIO) -> None:
    file = InputFile(Path(request["path"]), request["location"], request["source"])
    options = ReadOptions(**request["options"])
    module, function = PARSERS[request["parser"]].split(":")
    reader = getattr(import_module(module), function)
    limit_memory(options.max_memory_bytes)
    limit_cpu(options.max_seconds)
    for item in _guarded(reader(file, options), file, options):
        answers.write(json.dumps({type(item).__name__: asdict(item)}, default=str) + "\n")
        limit_cpu(options.max_seconds)
    answers.write(json.dumps({"Finished": {"is_large": _held_bytes() > LARGE_BYTES}}) + "\n")
    answers.flush()


def _guarded(items: Iterator[Item], file: InputFile, options: ReadOptions) -> Iterator[Item]:
    """The items of a parser; whatever it raises becomes the last one."""
    try:
        yield from items
    except MemoryError:
        yield Skipped(file.source, f"needs more than {options.max_memory_bytes:,} bytes of memory", file.location)
    except (NotTextError, TooLargeError, UnreadableError) as error:
        yield Skipped(file.source, str(error), file.location)
    except Exception as error:
        reason = f"damaged, or not what its name says ({type(error).__name__}: {' '.join(str(error).split())[:120]})"
        yield Skipped(file.source, reason, file.location)


def limit_memory(n_bytes: int) -> None:
    """Let this process grow by at most `n_bytes` (where the system can limit that)."""
    try:
        import resource
    except ImportError:
        return
    if not (held := _held_bytes(0)):
        return
    limit = n_bytes + held
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))


def _held_bytes(field: int = 1) -> int:
    """Memory of this process (field 0: of its address space), 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[field]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError, ValueError):
        return 0


def limit_cpu(seconds: float) -> None:
    """Let this process use at most so many more seconds of CPU time (where the system can limit that)."""
    try:
        import resource
    except ImportError:
        return
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    limit = int(used + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (limit if hard < 0 else min(limit, hard), hard))


if __name__ == "__main__":
    main()
