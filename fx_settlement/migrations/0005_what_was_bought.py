from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fx_settlement', '0004_documents_of_payments'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cny_minor__isnull', True), ('conversion__isnull', True)), models.Q(('cny_minor__isnull', False), ('conversion__isnull', False)), _connector='OR'), name='an_obligation_was_bought_by_what_it_cost'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), models.Q(('held_because', ''), _negated=True), _connector='OR'), name='what_is_held_says_why'),
        ),
    ]
