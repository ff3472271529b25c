"""Forms that agents and their tools want filled in (MCP and ACP elicitation): schema in, answer out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.agents import reading
from core.agents.questions import CHOICE, FILL_IN, REFUSE
from core.agents.text import clean, one_line
from core.values.entities import FORM_OPTION, ApprovalOption, FormChoice, FormField

FIELDS_LIMIT = 50
CHOICES_LIMIT = 200
_KINDS = {
    "string": "text",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "array": "choices",
}


def schema_form(schema: Any) -> tuple[FormField, ...]:
    """The fields of a flat JSON Schema object; a property of a kind that is not known is a text."""
    schema = reading.mapping(schema)
    wanted = schema.get("required")
    required = {each for each in wanted if isinstance(each, str)} if isinstance(wanted, list) else set()
    found = []
    for name, given in list(reading.mapping(schema.get("properties")).items())[:FIELDS_LIMIT]:
        if name and len(name) <= 200:
            found.append(_field(clean(name), reading.mapping(given), name in required))
    return tuple(found)


def _field(name: str, given: dict[str, Any], required: bool) -> FormField:
    kind = _KINDS.get(reading.text(given.get("type")), "text")
    choices = _choices(reading.mapping(given.get("items")) if kind == "choices" else given)
    if kind == "text" and choices:
        kind = "choice"
    return FormField(
        name=name,
        title=one_line(reading.text(given.get("title")), 200),
        description=one_line(reading.text(given.get("description")), 1000),
        kind=kind,
        required=required,
        choices=choices,
        open=not choices,
        default=_default(kind, given.get("default")),
    )


def _choices(given: dict[str, Any]) -> tuple[FormChoice, ...]:
    titled = reading.dicts(given.get("oneOf"), CHOICES_LIMIT) or reading.dicts(
        given.get("anyOf"), CHOICES_LIMIT
    )
    found = [
        FormChoice(value=clean(each["const"]), title=one_line(reading.text(each.get("title")), 300))
        for each in titled
        if isinstance(each.get("const"), str)
    ]
    words = given.get("enum")
    if not found and isinstance(words, list):
        names = given.get("enumNames")
        titles = names if isinstance(names, list) else []
        for number, word in enumerate(words[:CHOICES_LIMIT]):
            if isinstance(word, str):
                title = titles[number] if number < len(titles) else ""
                found.append(FormChoice(value=clean(word), title=one_line(reading.text(title), 300)))
    return tuple(found)


def _default(kind: str, value: Any) -> str | float | bool | tuple[str, ...] | None:
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind in ("number", "integer"):
        return reading.amount(value)
    if kind == "choices":
        return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else None
    return clean(value) if isinstance(value, str) else None


def form_options(form: tuple[FormField, ...]) -> tuple[ApprovalOption, ...]:
    """How a form can be answered; where one choice is all that it wants, naming the choice is enough."""
    lone = _lone_choice(form)
    named = tuple(
        ApprovalOption(
            id=CHOICE + each.value, name=one_line(each.title or each.value, 200), kind="allow_once"
        )
        for each in (lone.choices if lone else ())
    )
    return (FILL_IN, *named, REFUSE)


def elicited(
    form: tuple[FormField, ...], option: ApprovalOption, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The answer: what was filled in, or that the user declines."""
    lone = _lone_choice(form)
    if lone is not None and option.id.startswith(CHOICE):
        return {"action": "accept", "content": {lone.name: option.id.removeprefix(CHOICE)}}
    if option.id == FORM_OPTION:
        return {"action": "accept", "content": dict(values)}
    return {"action": "decline"}


def _lone_choice(form: tuple[FormField, ...]) -> FormField | None:
    choices = [field for field in form if field.kind == "choice"]
    needed = [field for field in form if field.required and field.kind != "choice"]
    return choices[0] if len(choices) == 1 and not needed else None
