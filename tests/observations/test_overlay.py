"""Claims that are supposed: read as those of a file are, and counting in place of what is there."""

from __future__ import annotations

import pytest
from reading_files import HEADER, RULEBOOK, SRB

from exposure.errors import InvalidInput
from exposure.observations.model import Observations
from exposure.observations.overlay import Assumption, overlaid
from exposure.observations.reading import read_observations
from exposure.observations.writing import long_bytes
from exposure.scoring.selection import select


def supposed(text: str, *cells: tuple[str, str, str], as_of: str = "2023") -> Observations:
    said = [Assumption(*cell, f"{cell[0]}.{cell[1]}={cell[2]}") for cell in cells]
    return overlaid(read_observations(text.encode(), RULEBOOK), RULEBOOK, said, as_of)


def counts(observations: Observations, country: str, indicator: str, as_of: str | None = None) -> str:
    selection = select(observations, RULEBOOK, as_of)
    row = int(selection.line(indicator)[selection.units.index(country)])
    words = observations.text("value")
    return words.texts[int(words.codes[row])] if row >= 0 else "nobody looked"


def test_the_new_claim_counts_and_the_earlier_one_stays() -> None:
    found = supposed(HEADER + SRB, ("Serbia", "vendor", "Ericsson"))
    assert counts(found, "SRB", "vendor") == "Ericsson"
    assert counts(found, "SRB", "vendor", "2022") == "Huawei"
    assert found.numbers("line").tolist() == [2, 0]


@pytest.mark.parametrize("as_of", ["2022", "2022-12-31"])
def test_a_claim_of_the_same_day_gives_way(as_of: str) -> None:
    found = supposed(HEADER + SRB.replace("2022", as_of), ("SRB", "vendor", "Ericsson"), as_of=as_of)
    assert len(found) == 1
    assert counts(found, "SRB", "vendor") == "Ericsson"


def test_a_less_precise_claim_that_would_contest_it_gives_way_too() -> None:
    found = supposed(HEADER + SRB, ("SRB", "vendor", "Ericsson"), as_of="2022-12-31")
    assert len(found) == 1
    assert counts(found, "SRB", "vendor") == "Ericsson"


def test_later_claims_stay_and_claims_on_others_are_left_alone() -> None:
    text = HEADER + SRB + SRB.replace("2022", "2024") + SRB.replace("SRB", "MNE")
    found = supposed(text, ("SRB", "vendor", "Ericsson"), as_of="2023")
    assert counts(found, "SRB", "vendor") == "Huawei"
    assert counts(found, "SRB", "vendor", "2023") == "Ericsson"
    assert counts(found, "MNE", "vendor") == "Huawei"


def test_of_a_file_without_dates() -> None:
    found = supposed("country,vendor\nSRB,Huawei\n", ("SRB", "vendor", "Ericsson"), as_of="")
    assert counts(found, "SRB", "vendor") == "Ericsson"


def test_what_is_written_reads_as_what_was_supposed() -> None:
    found = supposed(HEADER + SRB, ("SRB", "vendor", "Ericsson"), ("MNE", "vendor", ""))
    again = read_observations(long_bytes(found), RULEBOOK)
    assert counts(again, "SRB", "vendor") == "Ericsson"
    assert counts(again, "MNE", "vendor") == "withdrawn"


def test_every_assumption_that_cannot_be_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidInput) as caught:
        supposed(
            HEADER + SRB,
            ("SRB", "vendor", "Ericson"),
            ("Serbija", "vendor", 'a "quoted", text\nof two lines'),
            ("SRB", "vendr", "Ericsson"),
            ("MNE", "vendor", "Ericsson"),
        )
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "SRB.vendor=Ericson",
        'Serbija.vendor=a "quoted", text\\x0aof two lines',
        'Serbija.vendor=a "quoted", text\\x0aof two lines',
        "SRB.vendr=Ericsson",
    ]
    assert 'did you mean "Ericsson"?' in lines[0]
    assert "did you mean SRB (Serbia)?" in lines[1]


@pytest.mark.parametrize("value", ["Ericsson;?", "?", "Ericsson; ?"])
def test_what_is_supposed_is_all_named(value: str) -> None:
    with pytest.raises(InvalidInput, match="supposes what it does not name; suppose what there is"):
        supposed(HEADER + SRB, ("SRB", "vendor", value))
