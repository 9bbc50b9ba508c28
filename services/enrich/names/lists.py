"""Bits of a word's gazetteer column: which lists it stands in, and how it is mostly written."""

FIRST_NAME, SURNAME, KNOWN_PLACE, PLACE, PART_OF_PLACE = 1, 2, 4, 8, 16

WRITTEN = 32
"""Times this: 0 not known, 1 mostly small, 2 both ways, 3 mostly with a capital."""

WRITTEN_CAPITAL = 3
