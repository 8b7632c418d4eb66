from django.db import migrations
from django.db.models import Min


def name_the_principal(apps, schema_editor):
    """The first collection of each province is the one that its wall chart has spoken of all along."""
    Collection = apps.get_model("reporting", "Collection")
    first = Collection.objects.order_by().values("owner").annotate(first=Min("pk")).values("first")
    Collection.objects.filter(pk__in=list(first.values_list("first", flat=True))).update(is_principal=True)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0009_reminders")]

    operations = [migrations.RunPython(name_the_principal, migrations.RunPython.noop, elidable=True)]
