"""The argument parser, made from the table of verbs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.errors import UsageError

NOUNS = {
    "engine": ("the background process that does the work", ()),
    "project": ("named groups of repositories and tasks", ()),
    "repo": ("the repositories that Boatyard knows", ()),
    "task": ("units of work", ()),
    "workspace": ("attempts at tasks: clone, branch, environment, sessions", ("ws",)),
    "landing": ("workspaces that land one after the other", ()),
    "forge": ("hosts of pull requests", ()),
    "process": ("scripts, agents and commands, with their logs", ()),
    "agent": ("executors of prompts", ()),
    "tag": ("texts that @NAME in a prompt stands for", ()),
    "scratch": ("drafts and preferences that terminals keep", ()),
    "template": ("files and settings that workspaces can be made from", ()),
    "container": ("the containers of this home", ()),
    "token": ("who may use the API over the network", ()),
    "config": ("the settings file", ()),
}


MOST = 60
"""Characters of a wrong word that are said again."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are Boatyard's own, and which takes options between arguments."""

    _again = False
    elsewhere: Mapping[str, Sequence[str]] = {}
    """Whole commands that a word which is none by itself may stand for."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """As ever; where arguments are left, they may belong to a positional that takes none or more of them,
        which argparse thinks complete as soon as an option follows.
        """
        found, left = super().parse_known_args(args, namespace)
        takes_all = any(each.nargs in (argparse.REMAINDER, argparse.PARSER) for each in self._actions)
        if not left or takes_all or self._again:
            return found, left
        self._again = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._again = False

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """As ever; but of many commands those are named that may be meant, and not all."""
        if action.choices is None or value in action.choices:
            return
        known = [str(each) for each in action.choices]
        if action.nargs != argparse.PARSER:
            option = "/".join(action.option_strings) or action.metavar or action.dest
            self.error(f"{option}: {str(value)[:MOST]!r} is none of {', '.join(known)}")
        self._refuse_word(str(value)[:MOST], known)

    def _refuse_word(self, word: str, known: Sequence[str]) -> NoReturn:
        similar = [f"{self.prog} {each}" for each in get_close_matches(word, known, 2)]
        meant = " or ".join(f"'{each}'" for each in (*similar, *self.elsewhere.get(word, ())))
        hint = f"See '{self.prog} --help'."
        raise UsageError(
            f"there is no command '{self.prog} {word}'",
            hint=f"Did you mean {meant}? {hint}" if meant else hint,
        )

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"See '{self.prog} --help'.")


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: that takes longer than all other arguments."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"boatyard {version('boatyard')}")
        parser.exit()


def make_parser(verbs: Sequence[Verb]) -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = Parser(
        prog="boatyard",
        description="Run coding tasks side by side, each in its own clone, branch and container. "
        "Without a command: the terminal interface; with --plain alone: the same in plain lines, for screen "
        "readers and terminals that can only print.",
    )
    _add_common(parser, default=None)
    parser.add_argument("--version", action=_Version, help="show the version and leave")
    parser.set_defaults(run=_nothing_named)
    commands = parser.add_subparsers(dest="noun", metavar="COMMAND", parser_class=Parser)
    parser.elsewhere = _whole_commands(verbs)
    for verb in verbs:
        if not verb.noun:
            _add_verb(commands, verb)
    for noun, (text, aliases) in NOUNS.items():
        own = [verb for verb in verbs if verb.noun == noun]
        if own:
            group = commands.add_parser(noun, help=text, description=text, aliases=list(aliases))
            below = group.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
            for verb in own:
                _add_verb(below, verb)
    return parser


async def _nothing_named(_: Invocation) -> None:
    hint = "Without one the interface opens, on a terminal. 'boatyard --help' lists the commands."
    raise UsageError("no command is named", hint=hint)


def _whole_commands(verbs: Sequence[Verb]) -> dict[str, list[str]]:
    """What each verb is called with its noun."""
    found: dict[str, list[str]] = {}
    for verb in verbs:
        if verb.noun:
            found.setdefault(verb.name, []).append(f"boatyard {verb.noun} {verb.name}")
    return found


def _add_verb(commands: Any, verb: Verb) -> None:
    parser = commands.add_parser(verb.name, help=verb.help, description=verb.help, aliases=list(verb.aliases))
    _add_common(parser, default=argparse.SUPPRESS)
    verb.declare(parser)
    parser.set_defaults(run=verb.run)


def _add_common(parser: argparse.ArgumentParser, default: Any) -> None:
    """Options that go before or after the verb: below, an absent one must not undo one given above."""
    flag = False if default is None else default
    parser.add_argument("--json", action="store_true", default=flag, help="print JSON for programs")
    parser.add_argument("--home", metavar="DIR", default=default, help="use this folder for everything")
