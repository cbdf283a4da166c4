"""Empties the projected events: facts give more of them, which are read from the log again."""

from django.db import migrations

TABLES = ("Passport", "EventSubject", "Holding", "TracedPick", "TracedLot", "TracedVoyage")


def empty(apps, schema_editor):
    events = apps.get_model("traceability", "EpcisEvent").objects.filter(capture__isnull=True)
    terms = apps.get_model("traceability", "EventTerm").objects
    terms.filter(event__capture__isnull=True).delete()
    apps.get_model("traceability", "EventSubject").objects.all().delete()
    events.delete()
    for name in TABLES:
        apps.get_model("traceability", name).objects.all().delete()
    apps.get_model("core", "LogCursor").objects.filter(reader="traceability.events").delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0002_standing_choice"), ("traceability", "0007_repository")]

    operations = [migrations.RunPython(empty, migrations.RunPython.noop)]
