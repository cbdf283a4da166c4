"""Opens a pool on an empty installation: its operator, and the first user who signs in."""

from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.domain.errors import Refusal
from portal import founding
from portal.founding import OperatorIntake, PoolIntake

HELP = {
    "code": "a short code, such as ningbo-2026",
    "year": "the pool's year",
    "zone_code": "areaCode of the keeper's zone",
    "customs_district": "four digits, such as 3105",
    "port": "UN/LOCODE of the port of entry, such as CNNGB",
    "operator_code": "a short code of the operator",
    "operator_uscc": "its unified social credit code",
    "operator_customs_code": "its registration with customs",
}
OPTIONAL = {"operator_uscc", "operator_customs_code"}


class Command(BaseCommand):
    help = "Open a pool with its operator; prints the first user's password, once."

    def add_arguments(self, parser: CommandParser) -> None:
        for name in [*_names(PoolIntake), *_names(OperatorIntake, "operator_")]:
            kind = int if name == "year" else str
            option = f"--{name.replace('_', '-')}"
            if name in OPTIONAL:
                parser.add_argument(option, type=kind, default="", help=HELP.get(name))
            else:
                parser.add_argument(option, type=kind, required=True, help=HELP.get(name))
        parser.add_argument("--username", required=True, help="who signs in first")

    def handle(self, *args: Any, **options: Any) -> None:
        pool = PoolIntake(**{name: options[name] for name in _names(PoolIntake)})
        operator = OperatorIntake(
            **{name: options[f"operator_{name}"] for name in _names(OperatorIntake)}
        )
        try:
            with transaction.atomic():
                opened = founding.open_pool(operator, pool)
                user, password = founding.first_user(opened.operator, options["username"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{opened.code} is open. Sign in as {user.username} with {password}")
        self.stdout.write("This password is not shown again; change it under Account.")


def _names(intake: type, prefix: str = "") -> list[str]:
    return [f"{prefix}{each.name}" for each in fields(intake)]
