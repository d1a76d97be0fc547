"""Country identity: codes, names, and what is neither."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.observations.countries import Gazetteer, Match, countries, folded

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "exposure" / "countries.csv"
REFERENCE = ROOT.parent / "shared" / "reference"
ENTITIES = {"BA-SRP": "Republika Srpska"}

# Two names of the reference files were damaged before they came to us (Latin-1 read as GBK).
DAMAGED = {"C魌e d'Ivoire": "Côte d'Ivoire", "T黵kiye": "Türkiye"}


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(ENTITIES)


@pytest.mark.parametrize(
    ("text", "code", "exact"),
    [
        pytest.param("SRB", "SRB", True, id="a code"),
        pytest.param("srb", "SRB", False, id="a code in small letters"),
        pytest.param(" SRB ", "SRB", False, id="a code with blanks around it"),
        pytest.param("Serbia", "SRB", False, id="a name"),
        pytest.param("NAM", "NAM", True, id="Namibia by code"),
        pytest.param("Namibia", "NAM", False, id="Namibia by name"),
        pytest.param("XKX", "XKX", True, id="Kosovo by user-assigned code"),
        pytest.param("Kosovo*", "XKX", False, id="Kosovo with its asterisk"),
        pytest.param("Kosovo (under UNSCR 1244/99)", "XKX", False, id="Kosovo with its resolution"),
        pytest.param("Taiwan", "TWN", False, id="Taiwan by plain name"),
        pytest.param("Taiwan, Province of China", "TWN", False, id="Taiwan in ISO"),
        pytest.param("Palestine", "PSE", False, id="Palestine by plain name"),
        pytest.param("West Bank and Gaza", "PSE", False, id="Palestine at the World Bank"),
        pytest.param("Holy See", "VAT", False, id="the Vatican at the UN"),
        pytest.param("Vatican City", "VAT", False, id="the Vatican by plain name"),
        pytest.param(unicodedata.normalize("NFD", "Côte d'Ivoire"), "CIV", False, id="decomposed accents"),
        pytest.param("COTE D’IVOIRE", "CIV", False, id="capitals, no accents, a curly quote"),
        pytest.param("St. Lucia", "LCA", False, id="an abbreviated saint"),
        pytest.param("Trinidad & Tobago", "TTO", False, id="an ampersand"),
        pytest.param("The Gambia", "GMB", False, id="an article before"),
        pytest.param("Gambia, The", "GMB", False, id="an article behind"),
        pytest.param("Bosnia", "BIH", False, id="Bosnia and Herzegovina in short"),
        pytest.param("Turkiye", "TUR", False, id="Türkiye without the dots"),
        pytest.param("TÜRKİYE", "TUR", False, id="Türkiye in Turkish capitals"),
        pytest.param("Turkey", "TUR", False, id="Türkiye formerly"),
        pytest.param("Swaziland", "SWZ", False, id="Eswatini formerly"),
        pytest.param("Macedonia, FYR", "MKD", False, id="North Macedonia formerly at the World Bank"),
        pytest.param("Congo, Dem. Rep.", "COD", False, id="DR Congo at the World Bank"),
        pytest.param("Congo, Rep.", "COG", False, id="the other Congo at the World Bank"),
        pytest.param("Korea, Dem. People's Rep.", "PRK", False, id="North Korea at the World Bank"),
        pytest.param("Republic of Korea", "KOR", False, id="South Korea at the UN"),
        pytest.param("Iran (Islamic Republic of)", "IRN", False, id="Iran at the UN"),
        pytest.param("Netherlands (Kingdom of the)", "NLD", False, id="the Netherlands at the UN"),
        pytest.param("Micronesia, Fed. Sts.", "FSM", False, id="Micronesia at the World Bank"),
        pytest.param("Hong Kong, China (SAR)", "HKG", False, id="Hong Kong at UNDP"),
        pytest.param("Guinea", "GIN", False, id="one Guinea"),
        pytest.param("Guinea-Bissau", "GNB", False, id="another Guinea"),
        pytest.param("Equatorial Guinea", "GNQ", False, id="a third Guinea"),
        pytest.param("BA-SRP", "BA-SRP", True, id="an entity by code"),
        pytest.param("ba-srp", "BA-SRP", False, id="an entity by code in small letters"),
        pytest.param("republika srpska", "BA-SRP", False, id="an entity by name"),
    ],
)
def test_found(gazetteer: Gazetteer, text: str, code: str, exact: bool) -> None:
    assert gazetteer.find(text) == Match(code, exact)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("RS", "RS is the two-letter code of SRB (Serbia); write SRB", id="two letters"),
        pytest.param("rs", "RS is the two-letter code of SRB (Serbia); write SRB", id="two small letters"),
        pytest.param("NA", "NA is the two-letter code of NAM (Namibia); write NAM", id="NA is not missing"),
        pytest.param("XK", "XK is the two-letter code of XKX (Kosovo); write XKX", id="two letters of Kosovo"),
        pytest.param("EU", None, id="two letters of no country"),
        pytest.param("BA-BIH", "BA-BIH is not declared under [entities] in the rules", id="undeclared entity"),
        pytest.param("ZZ-AAA", None, id="part of no country"),
        pytest.param("BA-Luka", None, id="too long for a part of a country"),
        pytest.param("Bar", None, id="a town that Barbados begins with"),
        pytest.param("Ujae", None, id="an atoll spelt like an abbreviation"),
        pytest.param("KOS", "did you mean XKX (Kosovo)?", id="a likely code"),
        pytest.param("SLO", None, id="a code likely for two"),
        pytest.param("Serbija", "did you mean SRB (Serbia)?", id="misspelt"),
        pytest.param("Republic of Serbija", "did you mean SRB (Serbia)?", id="an official name misspelt"),
        pytest.param("Montengro", "did you mean MNE (Montenegro)?", id="a letter missing"),
        pytest.param("Republika Srpksa", "did you mean BA-SRP (Republika Srpska)?", id="entity misspelt"),
        pytest.param("Congo", "did you mean COD (DR Congo) or COG (Republic of the Congo)?", id="two Congos"),
        pytest.param("Korea", "did you mean KOR (South Korea) or PRK (North Korea)?", id="two Koreas"),
        pytest.param("Koreea", "did you mean KOR (South Korea) or PRK (North Korea)?", id="two Koreas misspelt"),
        pytest.param("Europe", None, id="a continent"),
        pytest.param("South America", None, id="a continent spelt like South Africa"),
        pytest.param("Vojvodina", None, id="a province"),
        pytest.param("Northern Ireland", None, id="a part named in its state's own name"),
        pytest.param("Siberia", None, id="a region spelt like Serbia"),
        pytest.param("Somaliland", None, id="a region spelt like Somalia"),
        pytest.param("SER ", "did you mean SRB (Serbia)?", id="a likely code with a blank"),
        pytest.param("Republic of Crimea", None, id="a region named as republics are"),
        pytest.param("Republic of China", None, id="a name claimed against another"),
        pytest.param("Zzzz", None, id="nothing like a country"),
        pytest.param("Serbija" + "." * 30000, None, id="a cell too long to be a name"),
        pytest.param("\N{CYRILLIC CAPITAL LETTER DZE}erbia", None, id="a Cyrillic letter that looks Latin"),
        pytest.param("***", None, id="punctuation only"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_not_found(gazetteer: Gazetteer, text: str, hint: str | None) -> None:
    assert gazetteer.find(text) is None
    assert gazetteer.suggest(text) == hint


def test_a_name_is_suggested_its_code_and_a_code_nothing(gazetteer: Gazetteer) -> None:
    assert gazetteer.suggest("serbia") == "did you mean SRB (Serbia)?"
    assert gazetteer.suggest("SRB") is None


@pytest.mark.parametrize(
    ("code", "name", "agrees"),
    [
        pytest.param("SRB", "Serbia", True, id="its name"),
        pytest.param("SRB", "Republic of SERBIA", True, id="its official name in capitals"),
        pytest.param("SRB", "Montenegro", False, id="the name of another"),
        pytest.param("SRB", "Serbija", False, id="a suggestion does not decide"),
        pytest.param("SRB", "", False, id="no name"),
        pytest.param("BIH", "Republika Srpska", False, id="an entity is not its country"),
        pytest.param("BA-SRP", "Republika Srpska", True, id="an entity"),
        pytest.param("COG", "Congo", True, id="a shared name beside one"),
        pytest.param("COD", "Congo", True, id="a shared name beside the other"),
        pytest.param("GAB", "Congo", False, id="a shared name beside a third"),
        pytest.param("NER", "Nigeria", False, id="a name that begins alike"),
    ],
)
def test_agreement(gazetteer: Gazetteer, code: str, name: str, agrees: bool) -> None:
    assert gazetteer.agrees(code, name) is agrees


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("BIH", "Bosnia and Herzegovina"),
        ("CIV", "Côte d'Ivoire"),
        ("KOR", "South Korea"),
        ("MKD", "North Macedonia"),
        ("PSE", "Palestine"),
        ("RUS", "Russia"),
        ("TUR", "Türkiye"),
        ("TWN", "Taiwan"),
        ("USA", "United States"),
        ("VAT", "Vatican City"),
        ("XKX", "Kosovo"),
        ("BA-SRP", "Republika Srpska"),
    ],
)
def test_printed_name(gazetteer: Gazetteer, code: str, name: str) -> None:
    assert gazetteer.name(code) == name


def test_the_name_of_nothing_is_refused(gazetteer: Gazetteer) -> None:
    with pytest.raises(KeyError):
        gazetteer.name("ZZZ")


def test_an_undeclared_entity_is_not_its_country() -> None:
    bare = Gazetteer({})
    assert bare.find("BA-SRP") is None
    assert bare.find("Republika Srpska") is None
    assert bare.suggest("Republika Srpska") is None


@pytest.mark.parametrize(
    ("entities", "text", "found"),
    [
        pytest.param({"BA-SRP": "Serbia"}, "Serbia", Match("SRB", False), id="the name of a country"),
        pytest.param({"BA-SRP": "SRB"}, "SRB", Match("SRB", True), id="the code of a country as a name"),
        pytest.param({"SRB": "Elsewhere"}, "Elsewhere", None, id="the code of a country"),
        pytest.param({"srb": "Elsewhere"}, "srb", Match("SRB", False), id="that code in small letters"),
        pytest.param({"BA-SRP": "RS"}, "RS", None, id="two letters of a country"),
        pytest.param({"BA-SRP": "Congo"}, "Congo", None, id="a shared name"),
        pytest.param({"BA-SRP": "Same", "BA-BIH": "same"}, "Same", None, id="the name of another entity"),
        pytest.param({"BA-SRP": "*"}, "*", None, id="no letters"),
    ],
)
def test_an_entity_takes_nothing_from_others(entities: dict[str, str], text: str, found: Match | None) -> None:
    assert Gazetteer(entities).find(text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Åland Islands", "aland islands"),
        ("Guinea-Bissau", "Guinea Bissau"),
        ("Lao People's", "LAO PEOPLE’S"),
        ("Lao People's", "Lao People\N{MODIFIER LETTER APOSTROPHE}s"),
        ("Saint Helena", "St.Helena"),
        ("Antigua and Barbuda", "Antigua & Barbuda"),
        ("Netherlands", "the Netherlands"),
        ("Viet Nam", "Vietnam"),
        ("Łódź", "Lodz"),
        ("İstanbul", "istanbul"),
        ("Serbia", "Serbia\N{ZERO WIDTH SPACE}\N{NO-BREAK SPACE}"),
    ],
)
def test_spellings_that_fold_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Niger", "Nigeria"),
        ("Dominica", "Dominican Republic"),
        ("Guinea", "New Guinea"),
        ("Serbia", "\N{CYRILLIC CAPITAL LETTER DZE}erbia"),
        ("Athens", "Ans"),
        ("Estonia", "Esaintonia"),
    ],
)
def test_names_that_fold_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text(max_size=40))
def test_folding_does_not_see_normal_forms_or_blanks(text: str) -> None:
    wanted = folded(text)
    for form in ("NFC", "NFD"):
        assert folded(f"  {unicodedata.normalize(form, text)} ") == wanted


def test_every_code_and_name_leads_to_its_country(gazetteer: Gazetteer) -> None:
    assert {code: gazetteer.find(code) for code in countries()} == {code: Match(code, True) for code in countries()}
    names = [(code, name) for code, country in countries().items() for name in (country.name, *country.aliases)]
    assert [(code, name) for code, name in names if getattr(gazetteer.find(name), "code", None) != code] == []
    assert [(code, name) for code, name in names if not gazetteer.agrees(code, name)] == []


def test_no_two_countries_share_a_form() -> None:
    owners: dict[str, set[str]] = {}
    for code, country in countries().items():
        for text in (code, country.alpha2, country.name, *country.aliases):
            owners.setdefault(folded(text), set()).add(code)
    assert {form: codes for form, codes in owners.items() if len(codes) > 1} == {}


def test_codes_are_those_of_iso() -> None:
    ours = {code: country.alpha2 for code, country in countries().items()}
    assert len(ours) == 250
    assert ours.pop("XKX") == "XK"
    assert ours == {country.alpha_3: country.alpha_2 for country in pycountry.countries}


def test_names_of_iso_are_known(gazetteer: Gazetteer) -> None:
    kinds = ("name", "common_name", "official_name")
    names = [(one.alpha_3, getattr(one, kind, None)) for one in pycountry.countries for kind in kinds]
    assert [(code, name) for code, name in names if name and not gazetteer.agrees(code, name)] == []


def test_status_notes() -> None:
    notes = {code: country.note for code, country in countries().items() if country.note}
    assert notes.keys() == {"ESH", "FLK", "PSE", "TWN", "VAT", "XKX"}
    assert notes["XKX"] == (
        "References to Kosovo shall be understood in the context of UN Security Council Resolution 1244 (1999)."
    )


def test_the_table_is_in_canonical_form(tmp_path: Path) -> None:
    with TABLE.open(encoding="utf-8", newline="") as table:
        header, *rows = csv.reader(table)
    canonical = tmp_path / "countries.csv"
    with canonical.open("w", encoding="utf-8", newline="") as table:
        csv.writer(table, lineterminator="\n").writerows([header, *sorted(rows)])
    assert header == ["code", "alpha2", "name", "aliases", "note"]
    assert TABLE.read_bytes() == canonical.read_bytes()
    for row in rows:
        forms = [row[2], *row[3].split("|")] if row[3] else [row[2]]
        assert len(forms) == len(set(forms)) and all(form == form.strip() != "" for form in forms), row
        assert all(unicodedata.is_normalized("NFC", cell) for cell in row), row


@pytest.mark.parametrize("index", ["hdi-2022", "inform-risk-2020"])
def test_names_of_published_indices_are_known(gazetteer: Gazetteer, index: str) -> None:
    inputs = REFERENCE / index / "inputs.csv"
    if not inputs.exists():
        pytest.skip(f"no {index} in ../shared/reference beside the checkout")
    with inputs.open(encoding="utf-8-sig", newline="") as table:
        rows = [(code, DAMAGED.get(name, name)) for code, name, *_ in list(csv.reader(table))[1:]]
    assert len(rows) > 190
    assert [row for row in rows if not gazetteer.agrees(*row)] == []
    unknown = {name for _, name in rows if gazetteer.find(name) is None}
    assert unknown == {"Congo"}
