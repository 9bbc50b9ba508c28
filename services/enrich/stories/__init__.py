"""Stories: which articles are about one event. A state machine per language, without clock, chance or I/O."""
