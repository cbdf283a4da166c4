"""Make ai_table.csv from a release of the GS1 Barcode Syntax Dictionary.

cd traceability/domain/gs1; python generate.py gs1-syntax-dictionary.txt > ai_table.csv
"""

import csv
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


if __name__ == "__main__":
    out = csv.writer(sys.stdout, lineterminator="\n")
    source = Path(sys.argv[1]).read_text(encoding="utf-8")
    edition = re.search(r"Release: (\S+)", source)
    release = edition[1] if edition else "?"
    sys.stdout.write(
        f"# Source: GS1 Barcode Syntax Dictionary, release {release}; (c) GS1 AISBL; Apache-2.0\n"
    )
    out.writerow(["ai", "flags", "parts", "attributes"])
    out.writerows(rows(source))
