"""Is the shared vocabulary sound: codes that hold, aliases that point one way, places where they should be?"""

import csv
import gzip
import math
import re
import tomllib
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
VOCABULARY = REPOSITORY / "alliance" / "skills" / "vocabulary"
ONET = REPOSITORY.parent / "shared" / "data" / "onet"
EDUCATION = {"none", "high_school", "certificate", "associate", "bachelor", "more"}

needs_onet = pytest.mark.skipif(
    not ONET.is_dir(), reason="the O*NET and SOC recordings are not on this machine"
)


def read(name: str, table: str) -> list[dict[str, Any]]:
    return tomllib.loads((VOCABULARY / name).read_text(encoding="utf-8"))[table]


def normalised(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


SKILLS = read("skills.toml", "skill")
OCCUPATIONS = read("occupations.toml", "occupation")
CODES = {skill["code"] for skill in SKILLS}
with (VOCABULARY / "zips.csv").open(encoding="utf-8", newline="") as lines:
    ZIPS = list(csv.DictReader(lines))


def test_there_are_enough_skills_and_every_code_is_a_stable_slug():
    codes = [skill["code"] for skill in SKILLS]

    assert len(SKILLS) >= 250
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in codes)


def test_every_skill_has_the_same_keys_a_family_and_a_line_about_it():
    families = Counter(skill["family"] for skill in SKILLS)

    assert all(
        set(skill) == {"code", "name", "family", "about", "aliases", "adjacent"} for skill in SKILLS
    )
    assert all(skill["about"].endswith(".") and "\n" not in skill["about"] for skill in SKILLS)
    assert 12 <= len(families) <= 14
    assert min(families.values()) >= 10


def test_no_name_or_alias_belongs_to_two_skills():
    owners: dict[str, list[str]] = {}

    for skill in SKILLS:
        for word in [skill["name"], *skill["aliases"]]:
            owners.setdefault(normalised(word), []).append(skill["code"])

    assert {word: codes for word, codes in owners.items() if len(codes) > 1} == {}


def test_every_skill_has_two_to_six_aliases():
    counts = {skill["code"]: len(skill["aliases"]) for skill in SKILLS}

    assert {code: count for code, count in counts.items() if not 2 <= count <= 6} == {}


def test_neighbours_are_known_few_and_mutual():
    adjacent = {skill["code"]: skill["adjacent"] for skill in SKILLS}

    one_way = [
        (code, near)
        for code, nearby in adjacent.items()
        for near in nearby
        if code not in adjacent[near]
    ]

    assert one_way == []
    assert all(len(set(nearby)) == len(nearby) <= 4 for nearby in adjacent.values())
    assert all(code not in nearby for code, nearby in adjacent.items())


def test_there_are_forty_occupations_with_known_skills_at_known_levels():
    asked = [skill for occupation in OCCUPATIONS for skill in occupation["skills"]]

    assert len(OCCUPATIONS) == 40
    assert len({occupation["code"] for occupation in OCCUPATIONS}) == 40
    assert all(6 <= len(occupation["skills"]) <= 14 for occupation in OCCUPATIONS)
    assert {skill["code"] for skill in asked} <= CODES
    assert {skill["level"] for skill in asked} <= {1, 2, 3, 4}
    assert {occupation["typical_education"] for occupation in OCCUPATIONS} <= EDUCATION


def test_no_occupation_lists_a_skill_twice():
    listed = [[skill["code"] for skill in occupation["skills"]] for occupation in OCCUPATIONS]

    assert all(len(set(codes)) == len(codes) for codes in listed)


def test_soc_and_onet_codes_are_well_formed_and_agree():
    for occupation in OCCUPATIONS:
        assert re.fullmatch(r"\d{2}-\d{4}", occupation["soc"]), occupation["code"]
        assert re.fullmatch(r"\d{2}-\d{4}\.\d{2}", occupation["onet"]), occupation["code"]
        assert occupation["onet"].startswith(occupation["soc"]), occupation["code"]


@needs_onet
def test_every_onet_code_and_title_is_in_the_onet_database():
    with gzip.open(ONET / "onet29" / "Occupation Data.txt.gz", "rt", encoding="utf-8") as lines:
        titles = {
            row["O*NET-SOC Code"]: row["Title"] for row in csv.DictReader(lines, delimiter="\t")
        }

    ours = {occupation["onet"]: occupation["title"] for occupation in OCCUPATIONS}

    assert ours == {code: titles.get(code) for code in ours}


@needs_onet
def test_every_soc_code_is_in_the_2018_classification_with_the_title_onet_gives_it():
    detailed = soc_2018_titles()

    missing = {occupation["soc"] for occupation in OCCUPATIONS} - set(detailed)
    retitled = {
        occupation["soc"]: (occupation["title"], detailed.get(occupation["soc"]))
        for occupation in OCCUPATIONS
        if occupation["onet"].endswith(".00")
        and occupation["title"] != detailed.get(occupation["soc"])
    }

    assert missing == set()
    assert retitled == {}


def soc_2018_titles() -> dict[str, str]:
    """Code and title of every occupation in the published structure, read straight from the workbook's XML."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(ONET / "soc2018" / "soc_structure_2018.xlsx") as book:
        strings = [
            "".join(part.text or "" for part in item.iter(f"{name}t"))
            for item in ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own recording
        ]
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own recording
    titles = {}
    for row in sheet.iter(f"{name}row"):
        words = [
            strings[int(cell.findtext(f"{name}v") or 0)] for cell in row if cell.get("t") == "s"
        ]
        match [word.strip() for word in words if word.strip()]:
            case [code, title] if re.fullmatch(r"\d{2}-\d{4}", code):
                titles[code] = title
    return titles


def test_there_are_enough_zips_each_once_and_all_of_them_near_boston():
    assert len(ZIPS) >= 150
    assert len({row["zip"] for row in ZIPS}) == len(ZIPS)
    assert all(re.fullmatch(r"0[12]\d{3}", row["zip"]) and row["state"] == "MA" for row in ZIPS)
    assert all(41.9 < float(row["lat"]) < 42.9 for row in ZIPS)
    assert all(-71.95 < float(row["lon"]) < -70.6 for row in ZIPS)


def test_every_boston_neighbourhood_has_its_zip():
    boston = {f"021{tail:02}" for tail in range(8, 37) if tail not in {12, 17, 23, 33}} | {
        "02210",
        "02215",
    }

    listed = {row["zip"] for row in ZIPS if row["place"].startswith("Boston (")}

    assert boston <= listed


@pytest.mark.parametrize(
    ("here", "there", "least", "most"),
    [
        ("02118", "02142", 1.5, 2.5),
        ("02118", "01730", 13.0, 16.0),
        ("02125", "02210", 1.5, 3.0),
        ("02121", "01605", 34.0, 40.0),
        ("02128", "01970", 10.0, 13.0),
        ("01852", "01841", 7.0, 11.0),
        ("02301", "02062", 9.0, 13.0),
        ("02142", "01434", 26.0, 33.0),
    ],
)
def test_distances_between_places_we_know_are_plausible(here, there, least, most):
    at = {row["zip"]: (float(row["lat"]), float(row["lon"])) for row in ZIPS}

    apart = miles(at[here], at[there])

    assert least <= apart <= most


def miles(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Great-circle distance by the haversine formula (R. W. Sinnott, Sky & Telescope 68, 1984)."""
    (lat1, lon1), (lat2, lon2) = (map(math.radians, point) for point in (here, there))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 3958.8 * math.asin(math.sqrt(half))
