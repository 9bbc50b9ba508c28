"""Where and since when a data directory's sample publisher lives: fixed at its first start.

Ages and addresses, and with them the articles' ids, thus stay the same from start to start.
"""

from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

DEFAULT_PORT = 8089
_FILE = "sample.json"


class Residence(BaseModel):
    model_config = ConfigDict(frozen=True)

    port: int
    epoch: AwareDatetime


class ResidenceUnreadable(Exception):
    """The file that keeps the residence is damaged; says which and what to do."""


def read_residence(data: Path) -> Residence | None:
    """None where no sample publisher ever lived. Raises `ResidenceUnreadable`."""
    file = data / _FILE
    try:
        return Residence.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        raise ResidenceUnreadable(f"{file} is damaged; delete it to begin the sample feeds anew") from None


def settle(data: Path, port: int, now: datetime) -> Residence:
    """Begin a sample publisher's life: its script counts from `now`."""
    residence = Residence(port=port, epoch=now.replace(microsecond=0))
    draft = data / f"{_FILE}.new"
    draft.write_text(residence.model_dump_json() + "\n", encoding="utf-8")
    draft.replace(data / _FILE)
    return residence


def leave(data: Path) -> None:
    (data / _FILE).unlink(missing_ok=True)
