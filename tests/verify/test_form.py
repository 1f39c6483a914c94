"""What is seen without asking anybody."""

import pytest

from app.content.loader import load_library
from app.verify.digits import check_cas, check_isbn_13, check_issn, check_orcid
from app.verify.form import check_form, find_code_fault, find_doi_fault, find_pmcid_fault, find_pmid_fault
from tests.conftest import SAMPLE, Edit


@pytest.mark.parametrize(
    "doi",
    [
        "10.1001/archpsyc.63.8.856", "10.1016/S0006-3223(99)00230-9", "10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O",
        "10.1176/appi.books.9780890425596", "10.1023/A:1024465317902", "10.1000/fullpdf",
    ],
)  # fmt: skip
def test_dois_of_sound_form_have_no_fault(doi: str) -> None:
    assert find_doi_fault(doi) is None


@pytest.mark.parametrize(
    ("doi", "said"),
    [
        ("10.1001/a.", "ends in punctuation"),
        ("10.1001/a)", "ends in punctuation"),
        ("10.1001/a>", "ends in punctuation"),
        ("10.1001/a;", "ends in punctuation"),
        ("10.1001%2Fa", "percent-encoded"),
        ("10.1002/a&lt;b", "HTML entity"),
        ("10.1001/a\N{EN DASH}b", "U+2013"),
        ("10.1002/14651858.CD1/full", "part of a web address"),
        ("10.1001/a.pdf/PDF", "part of a web address"),
        ("doi:10.1001/a", "is no DOI"),
    ],
)
def test_dois_that_were_copied_badly_are_faults(doi: str, said: str) -> None:
    fault = find_doi_fault(doi)
    assert fault is not None
    assert said in fault[0]


@pytest.mark.parametrize(
    ("system", "code", "is_sound"),
    [
        ("nct", "NCT00088699", True), ("nct", "NCT0008869", False), ("nct", "nct00088699", False),
        ("isrctn", "ISRCTN14329518", True), ("isrctn", "ISRCTN1432951", False),
        ("anzctr", "ACTRN12616001096448", True), ("anzctr", "ACTRN1261600109644", False),
        ("umin", "UMIN000016985", True), ("umin", "UMIN16985", False),
        ("eudract", "2009-010625-39", True), ("eudract", "2009-10625-39", False),
        ("cas", "6740-88-1", True), ("cas", "6740-88-2", False), ("cas", "6740-881", False),
        ("doi", "10.1001/a", True), ("doi", "10.1001/a.", False), ("pmid", "16894061", True), ("pmid", "016894061", False),
        ("pmcid", "PMC1", True), ("pmcid", "1", False), ("atc", "anything", True),
    ],
)  # fmt: skip
def test_codes_have_the_form_of_their_system(system: str, code: str, *, is_sound: bool) -> None:
    assert (find_code_fault(system, code) is None) == is_sound


def test_numbers_beyond_those_given_so_far_are_faults() -> None:
    assert find_pmid_fault("60000001") is not None
    assert find_pmcid_fault("PMC30000001") is not None
    assert find_pmid_fault(None) is find_pmcid_fault(None) is find_doi_fault(None) is None


@pytest.mark.parametrize("number", ["33643-46-8", "33643-49-1", "1867-66-9", "7732-18-5"])
def test_cas_numbers_of_real_substances_are_sound(number: str) -> None:
    assert check_cas(number)


def test_check_digits_of_published_examples_are_sound_and_others_are_not() -> None:
    assert [check_isbn_13(number) for number in ("9780306406157", "9780306406158")] == [True, False]
    assert [check_issn(number) for number in ("0378-5955", "2434-561X", "2434-561x", "0378-5956")] == [True, True, True, False]
    assert [check_orcid(number) for number in ("0000-0002-1825-0097", "0000-0002-1694-233X", "0000-0002-1825-0098")] == [True, True, False]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("tester-2020", "10.5555/exemplin", "10.5555/9780306406158", ":10: error: doi: the check digit of the ISBN 9780306406158 is wrong"),
        ("tester-2020", "10.5555/exemplin", "10.5555/S0140-6737(17)3", ":10: error: doi: the check digit of the ISSN 0140-6737 is wrong"),
        ("tester-2020", 'pmid: "1"', 'pmid: "99999999"', ":9: error: pmid: “99999999” cannot be a PubMed number yet"),
        ("tester-2020", "NCT00000000", "NCT0000000", ":11: error: registration[0].code: the nct code “NCT0000000” has not the form of one"),
        (
            "example-agency-exemplin-2019",
            "https://example.org/exemplin",
            "https://orcid.org/0000-0002-1825-0098",
            ":7: error: url: the check digit of the ORCID iD",
        ),
    ],
)
def test_wrong_form_is_reported_at_its_line(edit: Edit, file: str, old: str, new: str, said: str) -> None:
    library, _ = load_library(edit(f"sources/{file}.yaml", old, new))
    assert library is not None
    [problem] = check_form(library)
    assert str(problem).startswith(f"sources/{file}.yaml{said}")


def test_codes_of_drugs_are_checked_too(edit: Edit) -> None:
    library, _ = load_library(edit("drugs/exemplin.yaml", "codes:", "codes:\n  - {system: cas, code: 6740-88-2, display: wrong}"))
    assert library is not None
    [problem] = check_form(library)
    assert (problem.file, problem.path) == ("drugs/exemplin.yaml", "codes[0].code")


@pytest.mark.parametrize("doi", ["10.5555/exemplin", "10.5555/EXEMPLIN", "10.5555%2Fexemplin"])
def test_two_sources_with_one_number_are_an_error(edit: Edit, doi: str) -> None:
    data = edit("sources/loner-1999.yaml", "year: null", f"year: null\ndoi: {doi}" if "%" not in doi else "year: null")
    if "%" in doi:
        data = edit("sources/loner-1999.yaml", "year: null", "year: null\ndoi: 10.5555/Exemplin.")
    library, _ = load_library(data)
    assert library is not None
    assert "the doi 10.5555/exemplin is already that of source `loner-1999`" in {problem.message for problem in check_form(library)}


def test_the_sample_has_no_wrong_form() -> None:
    library, _ = load_library(SAMPLE)
    assert library is not None
    assert check_form(library) == []
