"""An intruder who has the database's password: changes rows with the triggers taken away."""

from django.db import connection

from core import triggers


def change_by_sql(sql: str) -> None:
    """Run statements on tables whose triggers were dropped, then put them back."""
    with connection.cursor() as cursor:
        for trigger in triggers.registry.values():
            if trigger.table in sql:
                on = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}{on}")
        for statement in sql.split("; "):
            cursor.execute(statement)
    triggers.install()
