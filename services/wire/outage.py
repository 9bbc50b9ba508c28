"""Is it the event's fault that it could not be handled, or is something down that will be up again?"""

from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,
    MasterDownError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,
    TryAgainError,
)

_OF_THE_BROKER = (
    ConnectionError, TimeoutError, BusyLoadingError, OutOfMemoryError, ReadOnlyError, ClusterDownError,
    MasterDownError, TryAgainError, AskError, NoScriptError,
)  # fmt: skip
# A slot that has moved (`MovedError`) is one that another node is to be asked for, an `AskError`. A server that came
# back, or took over, between a script's loading and its call in a pipeline does not know it.
_SAID = ("MISCONF", "NOREPLICAS", "BUSY ", "UNBLOCKED", "NOGROUP")
"""What a server answers that cannot write its disk, has too few replicas, runs a long script, or lost the stream or its
groups: those who read make them again."""


def is_outage(error: BaseException, others: tuple[type[Exception], ...] = ()) -> bool:
    """Whether the broker could not do its work, or one of `others` says so of a store of the service's own.

    What an outage keeps from being done is done after it, however long it lasts; it is no failure of an event.
    """
    if isinstance(error, (*_OF_THE_BROKER, *others)):
        return True
    return isinstance(error, ResponseError) and str(error).startswith(_SAID)
