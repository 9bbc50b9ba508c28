"""How often each step ran, how often it was skipped, and the time it took."""

from dataclasses import dataclass, field, replace


@dataclass(slots=True)
class Count:
    """Of one step: articles that it ran over, articles that it was skipped for, seconds of CPU time."""

    ran: int = 0
    skipped: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.ran} in {self.seconds:.1f} s" + (f", {self.skipped} skipped" if self.skipped else "")


@dataclass(slots=True)
class Tally:
    """Since the pipeline was made."""

    steps: dict[str, Count] = field(default_factory=dict)

    def add(self, step: str, ran: int, skipped: int, seconds: float) -> None:
        count = self.steps.setdefault(step, Count())
        count.ran += ran
        count.skipped += skipped
        count.seconds += seconds

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        both = Tally({name: replace(count) for name, count in self.steps.items()})
        for name, count in other.steps.items():
            both.add(name, count.ran, count.skipped, count.seconds)
        return both

    def __str__(self) -> str:
        return "; ".join(f"{name}: {count}" for name, count in self.steps.items())
