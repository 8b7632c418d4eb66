"""What makes the registry's pages speak: joint events, a few photos, a deed known in the whole province, and renewals
that were chased while the months went by."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from core import clock
from core.actor import SYSTEM
from kexie_portal.demo.accounts import desk_username
from kexie_portal.demo.world import World
from orgs.choices import Level
from orgs.models import Affiliate
from sanzhang.models import Activity, ActivityCoHost, Exemplar
from sanzhang.services.evaluations import take_up
from sanzhang.services.photos import add_photos
from sanzhang.services.reminding import remind_of_renewals

JOINT, PICTURED = 9, 5
SKIES = ((196, 220, 240), (238, 226, 200), (205, 226, 205), (228, 214, 228), (210, 222, 228))
SIZE = (960, 640)


def show_work(world: World) -> tuple[int, int]:
    """Joint events and photos of the county that visitors try; how many of each."""
    county = world.by_code(world.showcase_county)
    chance = world.chance("shown")
    held = list(
        Activity.objects.filter(unit__county=county.pk).select_related("unit").order_by("held_on", "pk")
    )
    joint = chance.sample(held, min(len(held), JOINT))
    _host_together(joint, world, chance)
    clerk = world.users[desk_username(county)]
    pictured = [one for one in held if one.reached][-PICTURED:]
    for number, activity in enumerate(pictured):
        uploads = [
            SimpleUploadedFile(f"现场{place}.jpg", picture(chance), content_type="image/jpeg")
            for place in range(1, 2 + number % 2)
        ]
        add_photos(activity=activity, uploads=uploads, by=clerk)
    return len(joint), len(pictured)


def _host_together(activities: list[Activity], world: World, chance: random.Random) -> None:
    """With a neighbouring unit or with a society of the county; each event counts for its host alone."""
    county = world.by_code(world.showcase_county)
    units = [place.pk for place in world.townships_of(county)]
    societies = list(Affiliate.objects.filter(unit=county.pk).order_by("pk").values_list("pk", flat=True))
    rows = []
    for number, activity in enumerate(activities):
        others = [pk for pk in units if pk != activity.unit_id]
        if others and (number % 2 or not societies):
            rows.append(ActivityCoHost(activity=activity, unit_id=chance.choice(others)))
        elif societies:
            rows.append(ActivityCoHost(activity=activity, affiliate_id=chance.choice(societies)))
    ActivityCoHost.objects.bulk_create(rows)


def picture(chance: random.Random) -> bytes:
    """A drawn scene in place of a photo: a hall, a lectern, rows of listeners."""
    image = Image.new("RGB", SIZE, chance.choice(SKIES))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 420, *SIZE), fill=(150, 132, 112))
    draw.rectangle((300, 120, 660, 300), fill=(250, 250, 250), outline=(120, 130, 140), width=6)
    for line in range(3):
        draw.rectangle(
            (330, 150 + 45 * line, 330 + chance.randint(180, 300), 168 + 45 * line), fill=(60, 110, 170)
        )
    for row in range(3):
        for seat in range(9 - row):
            left, top = 70 + 50 * row + 95 * seat, 400 + 75 * row
            tone = chance.randint(50, 110)
            draw.ellipse((left, top, left + 42, top + 42), fill=(tone, tone, tone + 20))
            draw.rectangle((left - 12, top + 40, left + 54, top + 90), fill=(tone + 30, tone + 10, tone))
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=80)
    return stored.getvalue()


def raise_a_deed(world: World) -> None:
    """One exemplar of the county goes up to the city and on to the province."""
    county = world.by_code(world.showcase_county)
    exemplar = Exemplar.objects.filter(unit=county.pk, level=Level.COUNTY).order_by("pk").first()
    if exemplar is None:
        return
    if county.city:
        take_up(
            exemplar=exemplar,
            by=world.users[desk_username(world.places[county.city])],
            note="做法具体，全市学习。",
        )
        exemplar.refresh_from_db()
    take_up(exemplar=exemplar, by=world.users[desk_username(world.province)], note="列入全省典型案例。")


def chase_renewals(world: World) -> int:
    """As the portal did each month since it began, so that its first night has nothing to catch up on; how many."""
    return sum(_chased_on(day, world.now) for day in _days(world))


def _days(world: World) -> Iterator[dt.date]:
    day = clock.local_day(world.began_at) + dt.timedelta(days=27)
    while day < world.today:
        yield day
        day = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    yield world.today


def _chased_on(day: dt.date, now: dt.datetime) -> int:
    with clock.standing_at(min(clock.at(day, dt.time(7, 0)), now)):
        return remind_of_renewals(today=day, by=SYSTEM)
