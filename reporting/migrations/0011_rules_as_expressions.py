"""What a form demands of its own cells moves into the rule language, meaning the same; forms that are there get a place
on the register."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def _pair(rule: dict[str, Any], names: dict[str, str]) -> list[dict[str, str]]:
    events, reached = rule["events"], rule["reached"]
    return [
        {
            "demand": f"{reached} > 0 => {events} > 0",
            "field": events,
            "level": "error",
            "code": "reached_without_events",
            "message": f"填了“{names.get(reached, reached)}”{{{reached}}}，但“{names.get(events, events)}”为 0，"
            "请补填场次或将人次改为 0。",
        },
        {
            "demand": f"{events} > 0 => {reached} > 0",
            "field": reached,
            "level": "error",
            "code": "events_without_reached",
            "message": f"填了“{names.get(events, events)}”{{{events}}}，但“{names.get(reached, reached)}”为 0，请补填人次。",
        },
    ]


def _at_most(rule: dict[str, Any], names: dict[str, str]) -> list[dict[str, str]]:
    key, of = rule["key"], rule["of"]
    whole = of[0] if len(of) == 1 else f"sum({', '.join(of)})"
    called = f"“{names.get(of[0], of[0])}”" if len(of) == 1 else "以上各项场次之和"
    return [
        {
            "demand": f"{key} <= {whole}",
            "field": key,
            "level": "error",
            "code": "part_exceeds_whole",
            "message": f"“{names.get(key, key)}”填了 {{{key}}}，多于{called} {{{whole}}}，请核对。",
        }
    ]


def rules_as_expressions(apps: Any, schema_editor: Any) -> None:
    """Idempotent: a rule that is in the language already stays as it is."""
    names = dict(apps.get_model("reporting", "Indicator").objects.values_list("key", "name"))
    for version in apps.get_model("reporting", "FormVersion").objects.all():
        rules: list[dict[str, str]] = []
        for rule in version.rules:
            kind = rule.get("kind")
            rules += _pair(rule, names) if kind == "pair" else _at_most(rule, names) if kind else [rule]
        if rules != version.rules:
            version.rules = rules
            version.save(update_fields=["rules"])


def onto_the_register(apps: Any, schema_editor: Any) -> None:
    """Forms made before there was a register, in the name of the unit that owns them."""
    registrations = apps.get_model("reporting", "FormRegistration")
    for form in apps.get_model("reporting", "Form").objects.filter(registration=None).select_related("owner"):
        note = form.versions.order_by("number").values_list("note", flat=True).first() or ""
        registrations.objects.create(
            form=form,
            asked_by=form.owner.name[:80],
            basis=(note or form.name)[:200],
            person=f"{form.owner.name}填报管理员"[:60],
            registered_by="系统",
        )


class Migration(migrations.Migration):
    dependencies = [("reporting", "0010_principal_collection")]

    operations = [
        migrations.RunPython(rules_as_expressions, migrations.RunPython.noop),
        migrations.RunPython(onto_the_register, migrations.RunPython.noop),
    ]
