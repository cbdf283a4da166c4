"""The ZIP of each batch: single prints, messages, and a manifest that names each with its hash."""

import shutil
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.rows import declaration_messages
from benchmarks.rows.declaration_messages import AT, BROKER
from benchmarks.rows.declaration_pdf import sheets
from benchmarks.ways import Way, Ways
from core.models import Party
from customs import printing
from customs.jurisdictions.cn.layouts import RETAIL_FORM
from customs.jurisdictions.cn.messages.papers import MOST_PAPERS
from customs.models import DeclarationBatch
from customs.services.batch_files import MESSAGES, archive_of
from customs.services.declaring import MOST_IN_A_BATCH

PRINTS = 100
"""Prints that are really drawn; their files are stored again under further numbers."""


def store(folder: Path, number_of: int) -> None:
    """The files of ``number_of`` declarations on disk, a folder for each batch."""
    prints = [
        printing.print_sheet(RETAIL_FORM, sheet).content for sheet in sheets(min(PRINTS, number_of))
    ]
    for number in range(number_of):
        at = folder / f"{number // MOST_IN_A_BATCH:04d}" / "declarations"
        at.mkdir(parents=True, exist_ok=True)
        (at / f"DEC-2026-{number:06d}.pdf").write_bytes(prints[number % len(prints)])
    per_batch = MOST_IN_A_BATCH // MOST_PAPERS
    written = declaration_messages.ours(list(declaration_messages.cases(number_of)))
    for number, file in enumerate(written):
        at = folder / f"{number // per_batch:04d}" / MESSAGES
        at.mkdir(parents=True, exist_ok=True)
        (at / file.name).write_bytes(file.content)


def batches(folder: Path) -> Iterator[list[tuple[str, Path]]]:
    """The files of each batch by their names in the archive."""
    for batch in sorted(folder.iterdir()):
        paths = sorted(path for path in batch.rglob("*") if path.is_file())
        yield [(path.relative_to(batch).as_posix(), path) for path in paths]


def ours(folder: Path) -> Iterator[bytes]:
    """The product's own archive of each batch: messages judged, bytes that never differ."""
    broker = Party(name=BROKER.name, kind=Party.Kind.BROKER)
    for number, files in enumerate(batches(folder)):
        batch = DeclarationBatch(number=f"DB-2026-{number:06d}", broker=broker, declared_at=AT)
        yield archive_of(batch, [(name, path.read_bytes()) for name, path in files])


def plain(folder: Path) -> Iterator[bytes]:
    """Each file handed to the ZIP library as it lies there; nothing hashed, judged or fixed."""
    for files in batches(folder):
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in files:
                archive.write(path, name)
        yield packed.getvalue()


def bare(folder: Path) -> int:
    """Each file read and deflated, nothing packed; how many bytes are left."""
    return sum(
        len(zlib.compress(path.read_bytes(), 6)) for files in batches(folder) for _, path in files
    )


def ways(size: int) -> Ways:
    """The same files, read from disk by each way."""
    folder = Path(mkdtemp(prefix="declaration-archive-"))
    store(folder, size)

    def run_ours() -> dict[str, float]:
        return {"bytes a declaration": sum(map(len, ours(folder))) / size}

    def run_plain() -> dict[str, float]:
        return {"bytes a declaration": sum(map(len, plain(folder))) / size}

    def run_bare() -> dict[str, float]:
        return {"bytes a declaration": bare(folder) / size}

    def close() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    return {
        "ours": Way(run_ours, size, close=close),
        "plain": Way(run_plain, size, close=close),
        "limit": Way(run_bare, size, close=close),
    }
