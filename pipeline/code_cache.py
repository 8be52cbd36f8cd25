"""Where compiled code is kept between runs: as a rule numba finds a place, and this is for when it would not.

numba writes beside the modules or into the user's cache folder. Where the package may only be read and the user has no
folder of their own, as in many containers, it would refuse to compile.
"""

from __future__ import annotations

import os

VARIABLE = "NUMBA_CACHE_DIR"
_COMPILED = os.path.join(os.path.dirname(__file__), "classify")  # noqa: PTH118, PTH120


def choose_code_cache() -> None:
    """Name a folder for temporary files to numba if it could write nowhere else. Must come before numba is loaded."""
    if os.environ.get(VARIABLE) or _is_writable(_COMPILED):
        return
    from platformdirs import user_cache_dir

    if not _is_writable(user_cache_dir()):
        os.environ[VARIABLE] = _private_folder()


def _is_writable(folder: str) -> bool:
    """Whether files can be made in a folder, which may have to be made itself."""
    while not os.path.exists(folder):  # noqa: PTH110
        folder = os.path.dirname(folder)  # noqa: PTH120
    return os.access(folder, os.W_OK | os.X_OK)


def _private_folder() -> str:
    """A folder that nobody else can write to, since code is loaded from it; the same for every run of a user."""
    import stat
    import tempfile

    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = os.path.join(tempfile.gettempdir(), f"themes-{user}")  # noqa: PTH118
    try:
        os.mkdir(folder, 0o700)  # noqa: PTH102
    except FileExistsError:
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o022:
            return tempfile.mkdtemp(prefix="themes-")
    return folder
