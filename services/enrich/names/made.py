"""Parts of the contract made of values that need no check, since whoever found them could give no others.

To check them took as long as to find the names. They are the same as those that were checked, in all that they do.
"""

from typing import TypeVar

from services.contracts.enrichments import Mention, Name, Tag

Made = TypeVar("Made", Name, Mention, Tag)

_set = object.__setattr__
_FIELDS: dict[object, set[str]] = {model: set(model.model_fields) for model in (Name, Mention, Tag)}


def made(model: type[Made], values: dict[str, object]) -> Made:
    """One with these values, which are for all of its fields, in their order."""
    one = model.__new__(model)
    # What pydantic sets when it restores one from a pickle.
    _set(one, "__dict__", values)
    _set(one, "__pydantic_fields_set__", _FIELDS[model])
    _set(one, "__pydantic_extra__", None)
    _set(one, "__pydantic_private__", None)
    return one
