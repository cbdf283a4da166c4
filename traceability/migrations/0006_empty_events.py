"""Empties the projected events: they get more columns and are read from the log again."""

from django.db import migrations

PROJECTED = ("Passport", "EventSubject", "EpcisEvent", "TracedPick", "TracedLot", "TracedVoyage")


def empty(apps, schema_editor):
    for name in PROJECTED:
        apps.get_model("traceability", name).objects.all().delete()
    apps.get_model("core", "LogCursor").objects.filter(reader="traceability.events").delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0002_standing_choice"), ("traceability", "0005_kept_links")]

    operations = [migrations.RunPython(empty, migrations.RunPython.noop)]
