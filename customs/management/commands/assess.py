"""``manage.py assess``: duty and taxes of orders and consignments, JSON lines in and out."""

from customs.jurisdictions import assess_cases
from customs.management.json_lines_command import JsonLinesCommand


class Command(JsonLinesCommand):
    """Needs no migrated database."""

    help = "Assess duty, consumption tax and VAT, one JSON object a line."
    answer = staticmethod(assess_cases.answer)
