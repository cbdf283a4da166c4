"""The networks of a code's look-ups are counted from the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("traceability", "0012_master_data")]

    operations = [
        migrations.RemoveIndex(model_name="scanrecord", name="scans_of_a_code_by_time"),
        migrations.AddIndex(
            model_name="scanrecord",
            index=models.Index(
                fields=["identity", "at", "network_hash"], name="networks_of_a_code_by_time"
            ),
        ),
    ]
