"""Which of two commands was given later: their entries' ids say it."""


def is_newer(command: str | None, last: str | None) -> bool:
    """Whether `command` came after `last`, the one that was carried out last. Without a command it is not."""
    return command is not None and _order(command) > _order(last or "0-0")


def _order(entry_id: str) -> tuple[int, int]:
    ms, _, sequence = entry_id.partition("-")
    return int(ms), int(sequence or 0)
