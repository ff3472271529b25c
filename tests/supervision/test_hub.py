"""The event stream: numbers that grow, what was missed, and readers that are too slow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.supervision import hub as hubs
from core.supervision.hub import EventHub
from core.values.events import AnyEvent, FilesChanged, Reset


def publish(hub: EventHub, count: int) -> None:
    for number in range(count):
        hub.publish(FilesChanged(workspace=str(number)))


async def take(stream: AsyncIterator[AnyEvent], count: int) -> list[AnyEvent]:
    async with asyncio.timeout(10):
        return [await anext(stream) for _ in range(count)]


async def test_numbers_grow_by_one_and_across_starts() -> None:
    hub = EventHub(3)
    stream = hub.subscribe(hub.sequence)
    publish(hub, 0)
    reading = asyncio.create_task(take(stream, 3))
    await asyncio.sleep(0)
    publish(hub, 3)
    numbers = [event.sequence for event in await reading]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    assert hub.sequence == numbers[-1]
    assert EventHub(4).sequence > hub.sequence


async def test_who_comes_back_gets_what_it_missed_and_then_what_is_new() -> None:
    hub = EventHub(1)
    publish(hub, 5)
    stream = hub.subscribe(hub.sequence - 2)
    missed = await take(stream, 2)
    publish(hub, 1)
    (new,) = await take(stream, 1)
    assert [event.sequence for event in (*missed, new)] == [hub.sequence - 2, hub.sequence - 1, hub.sequence]


@pytest.mark.parametrize("since", [-1, 0, 1 << 32, (2 << 32) - 1, (2 << 32) + 6, 9 << 32])
async def test_who_asks_for_what_is_not_known_is_told_to_take_a_snapshot(since: int) -> None:
    hub = EventHub(2)
    publish(hub, 5)
    (event,) = await take(hub.subscribe(since), 1)
    assert event == Reset(sequence=hub.sequence)


async def test_who_is_up_to_date_gets_nothing_until_there_is_something() -> None:
    for published in (0, 5):
        hub = EventHub(2)
        publish(hub, published)
        reading = asyncio.create_task(take(hub.subscribe(hub.sequence), 1))
        await asyncio.sleep(0)
        assert not reading.done()
        publish(hub, 1)
        assert (await reading)[0].sequence == hub.sequence


async def test_events_that_are_too_old_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "KEPT", 4)
    hub = EventHub(1)
    publish(hub, 10)
    kept = await take(hub.subscribe(hub.sequence - 4), 4)
    assert [event.sequence for event in kept] == list(range(hub.sequence - 3, hub.sequence + 1))
    assert isinstance((await take(hub.subscribe(hub.sequence - 5), 1))[0], Reset)


async def test_a_slow_reader_is_bounded_and_told_while_others_see_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hubs, "BEHIND", 10)
    hub = EventHub(1)
    slow, quick = hub.subscribe(hub.sequence), hub.subscribe(hub.sequence)
    seen: list[AnyEvent] = []

    async def read_on() -> None:
        async for event in quick:
            seen.append(event)

    reader = asyncio.create_task(read_on())
    first = asyncio.create_task(take(slow, 1))
    await asyncio.sleep(0)
    publish(hub, 1)
    await first
    for _ in range(100):
        publish(hub, 1)
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [event.sequence for event in seen] == list(range(hub.sequence - 100, hub.sequence + 1))
    got = await take(slow, 11)
    assert isinstance(got[-1], Reset)
    assert not any(isinstance(event, Reset) for event in got[:-1])
    publish(hub, 1)  # after the reset it goes on
    (last,) = await take(slow, 1)
    assert last.sequence == hub.sequence
    reader.cancel()
    await asyncio.wait([reader])


async def test_a_reader_that_leaves_is_forgotten() -> None:
    hub = EventHub(1)
    reading = asyncio.create_task(take(hub.subscribe(hub.sequence), 1))
    await asyncio.sleep(0)
    assert hub.subscribers == 1
    reading.cancel()
    await asyncio.wait([reading])
    assert hub.subscribers == 0
