"""Official test data that stands beside the repository; absent for most readers."""

from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).resolve().parents[2]


def official(relative: str) -> Path:
    """The path of official data under ``shared/data/trace``; skips the test where it is absent."""
    for parent in _REPOSITORY.parents:
        path = parent / "shared" / "data" / "trace" / relative
        if path.exists():
            return path
    pytest.skip("oracle data absent: ../shared")
