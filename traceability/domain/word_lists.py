"""Lists of words kept as data beside the module that uses them."""

from pathlib import Path


def word_lists(module: str, name: str) -> dict[str, list[str]]:
    """The lists of the file ``name`` beside ``module``, in the order in which they are written.

    A row is a list's name, a comma, and some of its words with spaces between; rows of one name
    go on. A row that begins with ``#`` names the source.
    """
    lists: dict[str, list[str]] = {}
    for row in Path(module).with_name(name).read_text(encoding="utf-8").splitlines():
        if not row.startswith("#"):
            key, words = row.split(",", 1)
            lists.setdefault(key, []).extend(words.split())
    return lists
