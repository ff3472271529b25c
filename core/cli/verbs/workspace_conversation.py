"""`boatyard workspace sessions, conversation`: what was said, in the present session and in earlier ones."""

from __future__ import annotations

import argparse
from datetime import datetime

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.values.conversation import Entry, EntryKind

WINDOW = 500
"""Entries that are asked for at a time."""
_WHO = {EntryKind.USER: "you", EntryKind.MESSAGE: "agent"}


async def sessions(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.sessions(call.args.name)
    rows = [(short(each.id), each.executor, _when(each.created_at)) for each in found]
    call.out.table(found, ("ID", "AGENT", "BEGUN"), rows)


async def conversation(call: Invocation) -> None:
    async with call.engine() as client:
        session, turn = call.args.session, call.args.turn
        if session:
            known = await client.sessions(call.args.name)
            session = next((each.id for each in known if each.id.startswith(session)), session)
        entries: list[Entry] = []
        end: int | None = None
        while end is None or end > 0:
            window = await client.conversation(
                call.args.name, end=end, limit=WINDOW, session=session, turn=turn
            )
            entries = [*window.entries, *entries]
            end = window.start
            if 0 < call.args.tail <= len(entries):
                break
    shown = entries[-call.args.tail :] if call.args.tail else entries
    call.out.document(shown)
    for each in shown:
        call.out.line(_said(each), mark=f"{_who(each)}: ", mark_colour="bold")
    if not shown:
        call.out.note("nothing was said yet")


def _who(entry: Entry) -> str:
    return _WHO.get(entry.kind, entry.kind.value)


def _said(entry: Entry) -> str:
    return "  ".join(part for part in (entry.title, entry.text, entry.output) if part)


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment).strftime("%Y-%m-%d %H:%M")


def _conversation(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--session", default="", metavar="ID", help="an earlier session; see 'sessions'")
    parser.add_argument("--turn", default="", metavar="PROCESS", help="one turn alone, also one taken back")
    parser.add_argument("--tail", type=int, default=0, metavar="N", help="only the last N entries")


VERBS = (
    Verb("workspace", "sessions", "list its sessions", sessions, name),
    Verb("workspace", "conversation", "print what was said in a session", conversation, _conversation),
)
