"""What a container uses, worked out from the engine's counters (control groups of either version)."""

from __future__ import annotations

from typing import Any

from core.values.containers import Usage


def usage_of(sample: dict[str, Any]) -> Usage | None:
    """The usage that a sample of the engine's stream tells; None where it tells none.

    The first sample of a stream has nothing to be compared with, and one of a stopped container no counters.
    """
    cpu, before = _table(sample, "cpu_stats"), _table(sample, "precpu_stats")
    memory = _table(sample, "memory_stats")
    if "usage" not in memory or not before.get("system_cpu_usage"):
        return None
    networks = _table(sample, "networks").values()
    return Usage(
        cpu_percent=_cpu_percent(cpu, before),
        memory_bytes=_memory(memory),
        memory_limit_bytes=int(memory.get("limit", 0)),
        processes=int(_table(sample, "pids_stats").get("current", 0)),
        processes_limit=_limit(_table(sample, "pids_stats").get("limit", 0)),
        received_bytes=sum(int(each.get("rx_bytes", 0)) for each in networks),
        sent_bytes=sum(int(each.get("tx_bytes", 0)) for each in networks),
    )


def _cpu_percent(now: dict[str, Any], before: dict[str, Any]) -> float:
    used = _table(now, "cpu_usage").get("total_usage", 0) - _table(before, "cpu_usage").get("total_usage", 0)
    passed = now.get("system_cpu_usage", 0) - before.get("system_cpu_usage", 0)
    processors = now.get("online_cpus") or len(_table(now, "cpu_usage").get("percpu_usage") or ()) or 1
    return round(max(0.0, used / passed * processors * 100), 1) if passed > 0 else 0.0


def _memory(memory: dict[str, Any]) -> int:
    """Without the pages of files that can be dropped: `total_inactive_file` is version 1's name for them."""
    details = _table(memory, "stats")
    cache = details.get("total_inactive_file", details.get("inactive_file", 0))
    return max(0, int(memory["usage"]) - int(cache))


def _limit(number: Any) -> int:
    """A limit of processes; the engine tells "none" as 0 or as the largest number there is."""
    return int(number) if isinstance(number, int) and 0 < number < 2**31 else 0


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}
