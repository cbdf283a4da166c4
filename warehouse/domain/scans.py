"""What a scanner reads from a unit's label, as the code that the label bears."""

import re

_SERIAL = re.compile(r"/(?:21|t)/([^/?#]+)", re.IGNORECASE)


def code_in(scan: str) -> str:
    """The code in a scan: a Digital Link (…/21/SERIAL), a short link (…/t/CODE), or bare text.

    Written as issued: upper case, without the spaces and dashes of the printed groups.
    """
    found = _SERIAL.search(scan)
    text = found.group(1) if found else scan
    return text.strip().upper().replace("-", "").replace(" ", "")


def codes_in(text: str) -> list[str]:
    """The codes in a list of scans, one a line; empty lines are passed over."""
    return [code for line in text.splitlines() if (code := code_in(line))]
