"""The standard words of CBV 2.0, and the measurement words that EPCIS 2.0 allows in sensor reports.

Source: GS1 EPCIS and CBV 2.0.1 (vocabulary tables), in ``words.csv``.
"""

from traceability.domain.word_lists import word_lists

_LISTS = word_lists(__file__, "words.csv")

BIZ_STEPS = _LISTS["BIZ_STEPS"]
DISPOSITIONS = _LISTS["DISPOSITIONS"]
TRANSACTIONS = _LISTS["TRANSACTIONS"]
PARTIES = ["location", "owning_party", "possessing_party"]
ERROR_REASONS = ["did_not_occur", "incorrect_data"]
ALERTS = ["ALARM_CONDITION", "ERROR_CONDITION"]
COMPONENTS = _LISTS["COMPONENTS"]
MEASUREMENTS = _LISTS["MEASUREMENTS"]
