"""Requests about prompts, what they are made of, and answers to agents."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from core.values.requests.base import Position, Request


class SendPrompt(Request, frozen=True, kw_only=True):
    prompt: str
    agent: str = ""
    """Empty or the session's own: the same session goes on; another: a new session, which is told what
    happened before."""
    attachments: tuple[str, ...] = ()
    """Ids of images."""
    request_id: Annotated[str, Meta(max_length=100)] = ""
    """Chosen by the client, once per prompt: the same prompt sent again with it, because the answer got
    lost, say, is answered as before and does nothing. Empty: the client will not ask again."""


class UpdateQueued(Request, frozen=True, kw_only=True):
    prompt: str | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    """Its place in the queue from then on; behind the last: the last."""


class AddTag(Request, frozen=True, kw_only=True):
    name: str
    content: str = ""


class UpdateTag(Request, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    content: str | UnsetType = UNSET


class PutScratch(Request, frozen=True, kw_only=True):
    payload: dict[str, object]


class AnswerApproval(Request, frozen=True, kw_only=True):
    option: str = ""
    """Id or kind of the chosen option; empty: the first that allows once."""
    values: dict[str, str | float | bool | tuple[str, ...]] = {}
    """What is filled in, by the names of the request's form fields."""
