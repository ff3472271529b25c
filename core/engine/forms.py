"""What a user fills in for an agent's question, checked against the question's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.errors import UsageError
from core.values.entities import FORM_OPTION, ApprovalOption, FormField

Given = str | float | bool | tuple[str, ...]
TEXT_LIMIT = 64 * 1024


def checked_values(
    form: Sequence[FormField], option: ApprovalOption, values: Mapping[str, Given]
) -> dict[str, object]:
    """The values as the agent gets them: those of the form, each of its kind.

    Raises:
        UsageError: One belongs to no field, is of another kind, or a required one is missing.
    """
    if option.id != FORM_OPTION:
        return {}
    fields = {field.name: field for field in form}
    for name in values:
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise UsageError(f"the question has no field {name[:60]!r}", hint=f"Its fields: {known}.")
    found: dict[str, object] = {}
    for field in form:
        value = values.get(field.name, field.default)
        if value is not None:
            found[field.name] = _fitting(field, value)
        elif field.required:
            raise UsageError(
                f"the question wants {field.name!r} filled in", hint=f"For example --set {field.name}=VALUE."
            )
    return found


def _fitting(field: FormField, value: Given) -> object:
    """The value in the field's own kind; text is read as what it stands for."""
    match field.kind:
        case "boolean":
            return value if isinstance(value, bool) else _word(field, value) in ("true", "yes", "y", "1")
        case "number" | "integer":
            return _number(field, value)
        case "choice":
            return _chosen(field, _text(field, value))
        case "choices":
            given = value if isinstance(value, tuple) else tuple(filter(None, _text(field, value).split(",")))
            return [_chosen(field, each) for each in given]
    return _text(field, value)


def _text(field: FormField, value: Given) -> str:
    if not isinstance(value, str) or len(value) > TEXT_LIMIT:
        raise _wrong(field, f"a text of at most {TEXT_LIMIT} characters")
    return value


def _word(field: FormField, value: Given) -> str:
    word = _text(field, value).strip().lower()
    if word not in ("true", "yes", "y", "1", "false", "no", "n", "0"):
        raise _wrong(field, "yes or no")
    return word


def _number(field: FormField, value: Given) -> float | int:
    if isinstance(value, bool | tuple):
        raise _wrong(field, "a number")
    try:
        number = float(value)
        whole = int(number)
    except (ValueError, OverflowError):
        raise _wrong(field, "a number") from None
    if field.kind == "integer" and whole != number:
        raise _wrong(field, "a whole number")
    return whole if whole == number else number


def _chosen(field: FormField, word: str) -> str:
    for choice in field.choices:
        if word == choice.value:
            return word
    for choice in field.choices:
        if word == choice.title:
            return choice.value
    if field.open:
        return word
    raise _wrong(field, "one of " + ", ".join(choice.value for choice in field.choices))


def _wrong(field: FormField, wanted: str) -> UsageError:
    return UsageError(f"{field.name!r} must be {wanted}", hint="Nothing was answered; try again.")
