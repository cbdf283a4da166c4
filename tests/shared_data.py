"""Where the oracles lie; tests that need them are left out, with the reason, where they do not."""

from pathlib import Path

import pytest

_HERE = Path(__file__).resolve()


def oracle(*parts: str) -> Path:
    """A file or folder of the shared oracles; skips the test or module where it is absent."""
    for folder in _HERE.parents:
        path = folder.joinpath("shared", "data", *parts)
        if path.exists():
            return path
    pytest.skip("oracle data absent: ../shared", allow_module_level=True)
