"""Which tests are about reliability and security: `python -m pytest -m reliability` runs exactly those.

They are the modules that are listed here, and every single test that the page of promises or the table of bad
input names. All of them together have to fit into ten minutes of two processors; a longer soak is
`python -m tests.bench.soak`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "core" / "SECURITY.md", ROOT / "tests" / "BAD_INPUT.md")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")

MODULES: dict[str, tuple[str, ...]] = {
    "kills and faults": (
        "acceptance/test_container_engine_in_the_middle",
        "acceptance/test_container_engine_killed",
        "acceptance/test_engine_found_again",
        "acceptance/test_engine_killed",
        "acceptance/test_taken_away",
        "acceptance/test_writing_by_keys",
        "daemon/test_agents_survive",
        "daemon/test_disk_trouble",
        "daemon/test_exactly_once",
        "daemon/test_killed_at_every_step",
        "daemon/test_process_of_its_own",
        "daemon/test_pull_request_killed",
        "daemon/test_push_killed",
        "daemon/test_soak",
        "engine/test_clock",
        "engine/test_container_engine_faults",
        "engine/test_container_engine_gone",
        "engine/test_containers",
        "engine/test_stopped_early",
        "engine/test_taken_over",
        "engine/test_trouble",
        "processes/test_follow",
        "processes/test_run_directory",
        "processes/test_tree",
        "processes/test_wrapper",
        "runners/test_survival",
        "runners/test_unreachable",
        "tui/test_link",
        "tui/test_terminal_given_back",
    ),
    "bad input": (
        "acceptance/test_bad_input",
        "acceptance/test_catalogue",
        "agents/test_acp_properties",
        "agents/test_misbehaviour",
        "agents/test_native_properties",
        "cli/test_arguments",
        "cli/test_terminal",
        "engine/test_hostile_variables",
        "forges/test_untrusted",
        "fuzz/test_corpus",
        "git/test_hostile",
        "review/test_files",
        "server/test_bad_requests",
        "test_bad_input_table",
        "test_config",
        "tui/test_hostile_text",
        "tui/test_odd_terminals",
    ),
    "isolation": (
        "acceptance/test_harm_stays_inside",
        "acceptance/test_limits",
        "acceptance/test_listed_hosts",
        "acceptance/test_nobody_gets_out",
        "acceptance/test_publish",
        "acceptance/test_two_homes",
        "engine/test_client_requests",
        "runners/test_isolation",
    ),
    "the door": ("acceptance/test_door", "egress/test_rules", "server/test_door", "server/test_door_limits"),
    "care of data": (
        "acceptance/test_backup",
        "acceptance/test_secrets",
        "engine/test_keeping",
        "store/test_opening",
    ),
    "what helps": ("acceptance/test_doctor", "test_promises"),
}
"""Modules below `tests`, by what they prove."""


@cache
def modules() -> frozenset[Path]:
    """The files whose tests are all among them."""
    return frozenset(ROOT / "tests" / f"{name}.py" for names in MODULES.values() for name in names)


@cache
def named() -> frozenset[tuple[Path, str]]:
    """File and name of every test that a page names."""
    found = (match for page in PAGES for match in NAMED.findall(page.read_text()))
    return frozenset((ROOT / path, name) for path, name in found)


def may_have_some(path: Path) -> bool:
    """Whether a file of tests has any of them, or is no file of tests; for a run of them alone."""
    is_tests = path.suffix == ".py" and path.name.startswith("test_")
    return not is_tests or path in modules() or any(path == file for file, _ in named())


def is_reliability(path: Path, test: str) -> bool:
    """Whether a test, by its file and the name of its function, is one of them."""
    return path in modules() or (path, test) in named()
