"""``manage.py duty_expression``: duties by expressions of the UK tariff, JSON lines in and out."""

from customs.domain import duty_cases
from customs.management.json_lines_command import JsonLinesCommand


class Command(JsonLinesCommand):
    """Needs no migrated database."""

    help = "Compute duties by tariff expressions, one JSON object a line."
    answer = staticmethod(duty_cases.answer)
