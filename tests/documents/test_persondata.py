"""What looks like a person is refused without being repeated; an estate is let through."""

from __future__ import annotations

import pytest

from counterseal.documents.persondata import faults, heading_faults, kind_of_text, text_faults
from counterseal.documents.tree import parse
from counterseal.errors import Place

# All values are invented, or are specimens published by their issuers.
MRZ = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"  # ICAO Doc 9303, part 4: specimen of Utopia
)
MRZ_2 = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
PERSONAL = [
    ("note: filed under 078-05-1120\n", "078-05-1120"),
    ("note: 'ref 078 05 1120'\n", "078 05 1120"),
    ("note: A012-345-678 pending\n", "A012-345-678"),
    ("note: QQ 12 34 56 C is wrong but AB123456C is not\n", "AB123456C"),
    ("note: HEGG560427MVZRRL04\n", "HEGG560427MVZRRL04"),
    ("note: RSSMRA85T10A562S\n", "RSSMRA85T10A562S"),
    ("note: '529.982.247-25'\n", "529.982.247-25"),
    ("note: '11010519491231002X'\n", "11010519491231002X"),
    ("note: 12345678Z\n", "12345678Z"),
    (f"note: {MRZ}\n", "ERIKSSON"),
    (f"note: {MRZ_2}\n", "L898902C3"),
    ("photo: data:image/jpeg;base64,AAAA\n", "base64,AAAA"),
    ("photo: " + "/9j/4AAQSkZJRgABAQAAAQABAAD" * 4 + "\n", "4AAQSkZJRg"),
    ("blob: " + "QUJD" * 120 + "\n", "QUJDQUJD"),
    ("note: clerk born 1980-02-03 in the capital\n", "1980-02-03"),
    ("note: 'DOB: 03/02/1980'\n", "03/02/1980"),
    ("rows: [{first_name: Anna, last_name: Roe}]\n", "Anna"),
    ("rows: [{name: Anna Roe, dob: 1980-02-03}]\n", "Roe"),
    ("rows: [{surname: Roe, nationality: Utopia}]\n", "Roe"),
    ("rows: [{id: 7, birth-date: 1980-02-03}]\n", "1980"),
    ("rows: [{ssn: 219099999}]\n", "219099999"),
    ("rows: [{passport_no: L898902C}]\n", "L898902C"),
    ("rows: [[Anna Roe, 1980-02-03], [Jan Doe, 1981-02-03]]\n", "Roe"),
    ("rows: [[first_name, last_name, dob]]\n", "first_name"),
    ("table: |\n  first_name,last_name,dob\n  Anna,Roe,x\n", "Anna"),
    ("to: [a.roe@example.org, b.doe@example.org, c.poe@example.org]\n", "a.roe"),
    ("roe-078-05-1120: 1\n", "078-05-1120"),
]
ORDINARY = [
    "grants: [{id: g, role: Case officer, headcount: 40, expiry: 2027-01-01}]\n",
    "organizations: [{id: o, name: Calder Harbour Authority, owners: [{entity: Fund}]}]\n",
    "attributes: [name, birth-date, passport-number, government-identifier, face-image]\n",
    "source: 'Privacy impact assessment PIA-045, 2021-03-01'\n",
    "source: 'Hearing of 12 May 2009, page 1120-1124, doc 2009-078-11'\n",
    "note: Contact the press office at press@authority.example\n",
    "history: [{id: h, date: 2009-03-04, kind: access, title: Hub opened}]\n",
    "name: {survival: 0.5}\nbirth-date: {survival: 1.0}\npassport-number: {survival: 0.1}\n",
    "kinds: {name: current-state, birth-date: historical, passport-number: resettable}\n",
    "weights: {passport-number: 3, birth-date: 2, name: 0.5}\n",
    f"digest: sha256:{'0123456789abcdef' * 4}\n",
    "control: AC-6(1)\nurl: https://example.org/2021/03/01/report-123456789\n",
    "deliverables: [Final Report, Gap Assessment]\nstarts: 2009-03-04\n",
    "uses: [{id: locate, needs: [name, birth-date, residential-address]}]\n",
    "title: Systems of Records Notice 81 FR 72049 (October 19, 2016)\n",
    "note: phone of the desk is +1 555 010 0199\n",
]


@pytest.mark.parametrize(("text", "secret"), PERSONAL)
def test_a_person_is_refused_and_not_repeated(text: str, secret: str) -> None:
    assert secret in text
    found = faults(parse(text.encode(), file="f.yaml"))
    assert found
    assert {fault.code for fault in found} == {"CS110"}
    for fault in found:
        assert fault.place is not None
        assert secret not in str(fault)
        assert "1980" not in str(fault)


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_estate_is_let_through(text: str) -> None:
    assert faults(parse(text.encode(), file="f.yaml")) == ()


def test_the_place_is_that_of_the_row() -> None:
    document = parse(b"a: 1\nrows:\n  - {first_name: A, last_name: B}\n", file="f.yaml")
    (fault,) = faults(document)
    assert fault.place == Place(file="f.yaml", line=3, column=5)


def test_a_long_export_gives_a_bounded_number_of_faults() -> None:
    rows = "".join(f"- {{first_name: A{i}, last_name: B}}\n" for i in range(200))
    assert len(faults(parse(rows.encode(), file="f.yaml"))) == 25


def test_a_table_is_refused_by_its_headings_and_its_lines() -> None:
    text = "Last Name;First Name;Date of Birth\nRoe;Anna;03.02.1980\n"
    (fault,) = text_faults(text, file="t.csv")
    assert str(fault.place) == "t.csv:1:1"
    assert "Roe" not in str(fault)
    assert text_faults("system;zone\nhub;core\n", file="t.csv") == ()


def test_addresses_over_several_lines_are_a_list() -> None:
    text = "\n".join(f"{name}@example.org" for name in ("a.roe", "b.doe", "c.poe"))
    (fault,) = text_faults(text, file="t.txt")
    assert "e-mail" in fault.message


def test_headings_of_people_are_refused_and_those_of_systems_are_not() -> None:
    place = Place(file="t.csv", line=1, column=1)
    assert heading_faults(["Surname", "Given names", "Sex"], place=place)
    assert heading_faults(["system", "name", "birth-date"], place=place) == ()


def test_a_number_whose_check_digit_fails_is_no_identifier() -> None:
    assert kind_of_text("12345678Z")
    assert not kind_of_text("12345678A")
    assert not kind_of_text("110105194912310021")
    assert kind_of_text("2 55 08 14 168 025 38")
    assert not kind_of_text("2 55 08 14 168 025 39")
