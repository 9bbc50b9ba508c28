"""Labelled sentences from freely licensed text alone: WNUT-17, and sentences of our own filled with listed names."""

import random
from pathlib import Path

from training.names import corpora
from training.names.corpora import Sentence
from training.names.gazetteer import Place
from training.names.person_lists import first_names, surnames

_SEED = 5
_COUNT = 12_000

_PATTERNS = tuple(
    """
    {PER} , president of {LOC} , met {PER} in {LOC} on Monday .
    {PER} told reporters in {LOC} that the talks with {ORG} would go on .
    The {ORG} said on Tuesday that its office in {LOC} would close .
    Police in {LOC} , {LOC} , arrested two men after an explosion near the station .
    {ORG} shares fell 3 percent after {PER} resigned as chief executive .
    {PER} scored twice as {ORG} beat {ORG} 3-1 at home .
    A spokesman for {ORG} , {PER} , declined to comment .
    Floods in southern {LOC} killed at least 12 people , the {ORG} said .
    " We did not expect this , " said {PER} , who leads {ORG} in {LOC} .
    {PER} wins election in {LOC}
    {ORG} to open plant in {LOC} , says {PER}
    {LOC} and {LOC} sign trade deal after years of talks
    Mr {PER} 's lawyer said his client was in {LOC} .
    The government of {LOC} has asked {ORG} for a loan , minister {PER} said .
    {LOC} - {ORG} agreed on Friday to buy a rival , according to {PER} , an analyst at {ORG} .
    Former {ORG} coach {PER} has died in {LOC} , his family said .
    Talks between {ORG} and the unions broke down , and workers in {LOC} went on strike .
    In {LOC} , thousands marched against the plan , which {PER} of the {ORG} had backed .
    Researchers at {ORG} in {LOC} found that the drug works , {PER} reports .
    {PER} and {PER} were seen leaving the court in {LOC} late on Thursday .
    """.strip().split("\n")
)

_ORGANISATIONS = (
    "{LOC} University", "University of {LOC}", "Bank of {LOC}", "{LOC} United", "{LOC} City", "{LOC} Times",
    "{SUR} Corp", "{SUR} Inc", "{SUR} & Sons", "{SUR} Group", "Ministry of Health", "Ministry of Defence",
    "Ministry of Foreign Affairs", "Supreme Court", "Labour Party", "National Party", "Green Party", "Central Bank",
    "Reuters", "United Nations", "European Union", "World Bank", "World Health Organization", "Red Cross", "NATO",
    "Parliament", "Senate", "House of Representatives", "{LOC} Police", "{LOC} Airlines", "{SUR} Foundation",
    "Institute of {SUR} Studies", "{LOC} Chamber of Commerce", "FC {LOC}", "Radio {LOC}", "{SUR} Motors",
)  # fmt: skip


def free_sentences(folder: Path, known: list[Place]) -> list[Sentence]:
    """WNUT-17's training part (CC BY 4.0), and patterns filled at random, the same each time."""
    chooser = random.Random(_SEED)
    first, last = sorted(first_names()), sorted(surnames())
    large = [place.label for place in known if place.population > 150_000]

    def name(kind: str) -> str:
        if kind == "PER":
            surname = chooser.choice(last).title()
            return surname if chooser.random() < 0.3 else f"{chooser.choice(first).title()} {surname}"
        if kind == "LOC":
            return chooser.choice(large)
        pattern = chooser.choice(_ORGANISATIONS)
        return pattern.replace("{LOC}", chooser.choice(large)).replace("{SUR}", chooser.choice(last).title())

    made = []
    for number in range(_COUNT):
        words: list[str] = []
        labels: list[str] = []
        for part in chooser.choice(_PATTERNS).split():
            if part.startswith("{"):
                filled = name(part.strip("{}")).split()
                labels += [f"{'I' if at else 'B'}-{part.strip('{}')}" for at in range(len(filled))]
                words += filled
            else:
                words.append(part)
                labels.append("O")
        made.append(corpora.sentence_of(words, labels, f"made-{number}", split_hyphens=False))
    return [*corpora.wnut(folder / "ner", "train"), *made]
