"""The commands that set reporting up and open its periods."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from reporting.models import Collection, Cycle, Form, FormVersion
from reporting.selectors.samples import SAMPLES
from tests.factories import Tree


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


@time_machine.travel("2026-11-20T01:00:00Z", tick=False)
def test_a_new_province_gets_its_form_and_opens_its_first_month(tree: Tree) -> None:
    assert "山东省" in run("load_monthly_form")
    run("load_monthly_form", "--province", "37")
    assert Collection.objects.count() == 1
    assert "2026年11月" in run("open_cycles")
    assert "没有到期的填报期" in run("open_cycles")
    assert Cycle.objects.count() == 1
    assert "2026年12月" in run("open_cycles", "--at", "2026-12-15")


@time_machine.travel("2026-11-22T01:00:00Z", tick=False)
def test_a_province_that_starts_after_its_deadlines_begins_with_the_next_month(tree: Tree) -> None:
    """Nobody is greeted as two days late by a portal that was not there yet."""
    assert "首期2026年12月" in run("load_monthly_form")
    assert "没有到期的填报期" in run("open_cycles")
    assert "2026年12月" in run("open_cycles", "--at", "2026-12-15")
    assert Cycle.objects.get().county_due > dt.date(2026, 12, 15)


def test_bad_date_and_unknown_province_are_refused(tree: Tree) -> None:
    with pytest.raises(CommandError, match="日期"):
        run("open_cycles", "--at", "25/11")
    with pytest.raises(CommandError, match="省级"):
        run("load_monthly_form", "--province", "99")


def test_shipped_forms_are_listed_and_loaded_by_name(tree: Tree) -> None:
    assert run("load_form").count("未载入") == len(SAMPLES)
    assert "普查表 第1版" in run("load_form", "census_form", "plan_form")
    run("load_form", "census_form")
    assert Form.objects.count() == FormVersion.objects.filter(published_at__isnull=False).count() == 2
    assert run("load_form").count("已有") == 2
    with pytest.raises(CommandError, match="survey"):
        run("load_form", "survey")
