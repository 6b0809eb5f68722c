from collections.abc import Iterator

import pytest
import time_machine

from tests.appointments.diary import MONDAY_8, open_hours
from tests.cast import Cast


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_8, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def school_week(cast: Cast, clock: time_machine.Traveller) -> Cast:
    """Monday at 8; Bu Rina, Pak Budi and Pak Tono can be met on Thursday from 8 to 10."""
    for guru in (cast.rina, cast.budi, cast.tono):
        open_hours(guru)
    return cast
