"""Make ``ai_table.csv``, beside this file, from a release of the GS1 Barcode Syntax Dictionary.

python traceability/domain/gs1/generate.py gs1-syntax-dictionary.txt
"""

import csv
import io
import re
import sys
from pathlib import Path

_PART = re.compile(r"^\[?[NXYZ](\.\.)?\d+\]?(,|$)")


def rows(text: str) -> list[list[str]]:
    """One row per AI or range: range, flags, components, attributes."""
    found = []
    for line in text.splitlines():
        words = line.split("#", 1)[0].split()
        if not words or not words[0][0].isdigit():
            continue
        ai, rest = words[0], words[1:]
        flags = rest.pop(0) if not _PART.match(rest[0]) else ""
        parts = [w for w in rest if _PART.match(w)]
        facts = [w for w in rest if not _PART.match(w)]
        found.append([ai, flags, " ".join(parts), " ".join(facts)])
    return found


def table(text: str) -> str:
    """The file that a release makes: its source, the headings, a row per AI or range."""
    edition = re.search(r"Release: (\S+)", text)
    out = io.StringIO()
    out.write(f"# Source: GS1 Barcode Syntax Dictionary, release {edition[1] if edition else '?'}")
    out.write("; (c) GS1 AISBL; Apache-2.0\n")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["ai", "flags", "parts", "attributes"])
    lines.writerows(rows(text))
    return out.getvalue()


if __name__ == "__main__":
    made = table(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(__file__).with_name("ai_table.csv").write_text(made, encoding="utf-8")
