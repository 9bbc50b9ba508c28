"""Texts that break software, as strategies."""

from hypothesis import strategies as st

WORDS = ("ferry", "Ferries", "naïve", "北京大学", "don't", "x_y", "C++", "서울에서", "a.b", "\u202eabc", "e\u0301", "🛳️")

anything = st.text(st.characters(codec="utf-8"), max_size=60)
"""Any text that can be sent as UTF-8: control characters, NUL, marks that turn the direction, what is not assigned."""

titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join) | anything
