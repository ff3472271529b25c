"""A command loads the verbs of its first word, and misses none."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

from core.cli import verbs
from core.cli.parser import NOUNS
from core.cli.verbs import MODULES, all_verbs, verbs_for


@pytest.mark.parametrize("word", sorted(MODULES))
def test_the_first_word_gives_all_of_its_verbs(word: str) -> None:
    wanted = {(verb.noun, verb.name) for verb in all_verbs() if word == (verb.noun or verb.name)}
    assert wanted
    assert {(verb.noun, verb.name) for verb in verbs_for([word, "--json"])} == wanted
    assert {(verb.noun, verb.name) for verb in verbs_for(["--home", "task", "--json", word])} == wanted


def test_every_module_that_has_verbs_is_in_the_table() -> None:
    named = {module for modules in MODULES.values() for module in modules}
    found = {each.name for each in pkgutil.iter_modules(verbs.__path__)}
    assert named == {name for name in found if hasattr(import_module(f"core.cli.verbs.{name}"), "VERBS")}


def test_other_names_of_nouns_are_known() -> None:
    for noun, (_, aliases) in NOUNS.items():
        for alias in aliases:
            assert {verb.noun for verb in verbs_for([alias])} == {noun}


@pytest.mark.parametrize("words", [[], ["--help"], ["nothing"], ["--home=task"], ["--home"], ["--hom", "x"]])
def test_where_it_cannot_be_told_all_are_there(words: list[str]) -> None:
    assert set(verbs_for(words)) == set(all_verbs())


def test_a_plain_command_loads_no_library_that_it_does_not_use() -> None:
    code = (
        "import sys; from core.cli.verbs import verbs_for; from core.cli.parser import make_parser;"
        "from core.client import Client; from pathlib import Path;"
        "make_parser(verbs_for(['status'])).parse_args(['status']); Client(Path('/nowhere'), brief=True);"
        "print([name for name in ('aiohttp', 'git', 'docker', 'peewee', 'textual') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
