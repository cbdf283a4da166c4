"""Code lists that GS1 elements use, read from ``codes.csv``: one list in several rows."""

from traceability.domain.word_lists import word_lists

_LISTS = word_lists(__file__, "codes.csv")

COUNTRIES_2 = frozenset(_LISTS["COUNTRIES_2"])
"""ISO 3166-1, two letters."""
COUNTRIES = frozenset(_LISTS["COUNTRIES"])
"""ISO 3166-1, three digits."""
CURRENCIES = frozenset(_LISTS["CURRENCIES"])
"""ISO 4217, three digits."""
PACKAGE_TYPES = frozenset(_LISTS["PACKAGE_TYPES"])
"""UNECE Recommendation 21 with GS1's additions."""
