"""Stroke keys and the first spell of everybody on record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import migrations

from sanzhang.strokekeys import stroke_key

SINCE_EVER = dt.date(1900, 1, 1)
BATCH = 5_000


def fill_stroke_keys(apps: Any, schema_editor: Any) -> None:
    people = apps.get_model("sanzhang", "KeyPerson").objects
    batch = []
    for person in people.filter(stroke_key="").only("pk", "name").iterator(chunk_size=BATCH):
        person.stroke_key = stroke_key(person.name)
        batch.append(person)
        if len(batch) == BATCH:
            people.bulk_update(batch, ["stroke_key"])
            batch.clear()
    people.bulk_update(batch, ["stroke_key"])


def begin_spells(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO sanzhang_occupationspell (person_id, valid_from, recorded_at, recorded_by, occupation_id,
                                                  employer, post, is_front_line, is_retired, new_organisation)
            SELECT id, %s, recorded_at, left(recorded_by, 80), occupation_id, employer, post, is_front_line,
                   is_retired, new_organisation
            FROM sanzhang_keyperson p
            WHERE NOT EXISTS (SELECT FROM sanzhang_occupationspell s WHERE s.person_id = p.id)
            """,
            [SINCE_EVER],
        )


class Migration(migrations.Migration):
    dependencies = [("sanzhang", "0003_duty_and_support")]

    operations = [
        migrations.RunPython(fill_stroke_keys, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(begin_spells, migrations.RunPython.noop, elidable=True),
    ]
