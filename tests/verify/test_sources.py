"""Runs against services on loopback that agree, differ or know nothing."""

from pathlib import Path

import pytest

from app.content.source import Source
from app.verify.sources import list_questions
from tests.conftest import SAMPLE, TODAY, Edit
from tests.verify.conftest import Runner, lines
from tests.verify.services import Services, make_reference, make_study, make_summary, make_work

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

AGREED = {"example-agency-exemplin-2019": "form only", "loner-1999": "agree", "tester-2020": "agree"}


def test_sources_that_agree_with_every_service_have_no_problem(verify: Runner) -> None:
    settled: list[int] = []
    verify.progress = settled.append
    outcome = verify()
    assert (outcome.states, list(outcome.problems), outcome.exit_code) == (AGREED, [], 0)
    assert sum(settled) == 5


def test_services_are_told_who_asks(verify: Runner, services: Services) -> None:
    verify()
    assert services.agents == {"treatment-information/1.0 (mailto:me@example.org)"}
    for path, query in zip(services.requests, services.queries, strict=True):
        if path.startswith("/eutils/"):
            assert (query["tool"], query["email"], "api_key" in query) == ("treatment-information", "me@example.org", False)
        if path.startswith("/crossref/"):
            assert query == {"mailto": "me@example.org"}


def test_another_title_is_an_error_at_its_line(verify: Runner, services: Services) -> None:
    services.summaries["1"] = make_summary(title="A survey of beekeepers in the Alps.")
    outcome = verify()
    assert lines(outcome)[0].startswith(
        "sources/tester-2020.yaml:3: error: title: PubMed has the title “A survey of beekeepers in the Alps.”"
    )
    assert (outcome.states["tester-2020"], outcome.exit_code) == ("differ", 1)


@pytest.mark.parametrize(
    "title",
    ["Exemplin against placebo: an invented trail", "Exemplin against placebo: an invented trial: protocol and plan of the analyses"],
)
def test_a_title_that_is_nearly_ours_is_a_notice(verify: Runner, services: Services, title: str) -> None:
    services.works["10.5555/exemplin"] = make_work(title=[title])
    outcome = verify()
    assert [problem.severity for problem in outcome.problems] == ["notice"]
    assert outcome.exit_code == 0


def test_a_subtitle_may_stand_apart(verify: Runner, services: Services) -> None:
    services.works["10.5555/exemplin"] = make_work(title=["Exemplin <i>against</i> placebo"], subtitle=["an invented trial"])
    assert lines(verify()) == []


def test_a_note_about_the_title_makes_its_difference_a_notice(verify: Runner, services: Services, edit: Edit) -> None:
    services.studies["NCT00000001"] = make_study("NCT00000001", briefTitle="Quite another name", officialTitle="")
    assert lines(verify())[0].startswith("sources/loner-1999.yaml:3: error: title: ClinicalTrials.gov has")
    data = edit("sources/loner-1999.yaml", "year: null", "year: null\nnote: The title is a description.")
    assert lines(verify(data))[0].startswith("sources/loner-1999.yaml:3: notice: title: ClinicalTrials.gov has")


def test_another_year_is_an_error_but_print_and_online_are_both_right(verify: Runner, services: Services, edit: Edit) -> None:
    assert lines(verify(edit("sources/tester-2020.yaml", "year: 2020", "year: 2019"))) == []
    data = edit("sources/tester-2020.yaml", "year: 2019", "year: 2018")
    assert lines(verify(data)) == [
        "sources/tester-2020.yaml:6: error: year: Crossref has 2019 or 2020, not 2018",
        "sources/tester-2020.yaml:6: error: year: PubMed has 2019 or 2020, not 2018",
    ]


def test_another_first_author_is_an_error(verify: Runner, edit: Edit) -> None:
    data = edit("sources/tester-2020.yaml", "[Tester AB, Sample C]", "[Sample C, Tester AB]")
    assert lines(verify(data)) == [
        "sources/tester-2020.yaml:4: error: authors[0]: Crossref names Tester as the first author, not Sample",
        "sources/tester-2020.yaml:4: error: authors[0]: PubMed names Tester as the first author, not Sample",
    ]


def test_an_author_whom_the_record_lacks_is_an_error_unless_the_record_may_be_cut_short(
    verify: Runner, services: Services, edit: Edit
) -> None:
    data = edit("sources/tester-2020.yaml", "[Tester AB, Sample C]", "[Tester AB, Sampel C]")
    assert "sources/tester-2020.yaml:4: error: authors[1]: PubMed has no author named Sampel" in lines(verify(data))
    edit("sources/tester-2020.yaml", "[Tester AB, Sampel C]", "[Tester AB, Sample C, Further XY]")
    assert "sources/tester-2020.yaml:4: notice: authors[2]: PubMed has no author named Further" in lines(verify(data))


def test_another_journal_is_a_notice(verify: Runner, edit: Edit) -> None:
    data = edit("sources/tester-2020.yaml", "Journal of Invented Results", "Annals of Bees")
    assert "sources/tester-2020.yaml:5: notice: container: Crossref has it in “Journal of Invented Results”, not “Annals of Bees”" in lines(
        verify(data)
    )


def test_a_pubmed_number_of_another_doi_is_an_error(verify: Runner, services: Services) -> None:
    services.summaries["1"] = make_summary(articleids=[{"idtype": "doi", "value": "10.5555/other"}])
    assert lines(verify()) == [
        "sources/tester-2020.yaml:10: error: doi: PubMed has the DOI 10.5555/other for this work, not 10.5555/exemplin"
    ]


def test_a_doi_of_another_pubmed_number_is_an_error(verify: Runner, services: Services) -> None:
    services.summaries = {"1": make_summary(articleids=[]), "2": make_summary("2")}
    assert lines(verify()) == ["sources/tester-2020.yaml:9: error: pmid: PubMed has the PubMed number 2 for this DOI, not 1"]


def test_another_pmc_number_is_an_error(verify: Runner, services: Services, edit: Edit) -> None:
    services.summaries["1"] = make_summary(articleids=[{"idtype": "pmc", "value": "PMC22"}])
    data = edit("sources/tester-2020.yaml", 'pmid: "1"', 'pmid: "1"\npmcid: PMC21')
    assert lines(verify(data)) == ["sources/tester-2020.yaml:10: error: pmcid: PubMed has the PubMed Central number PMC22, not PMC21"]


def test_a_missing_pubmed_number_is_found_by_doi_and_its_record_compared(verify: Runner, services: Services, edit: Edit) -> None:
    data = edit("sources/tester-2020.yaml", 'pmid: "1"\n', "")
    services.references["1"] = make_reference("RetractionIn", "J Invent Results. 2021;2:3", "7")
    assert lines(verify(data)) == [
        "sources/tester-2020.yaml:1: error: id: PubMed: this work was retracted: retraction in J Invent Results. 2021;2:3 (PubMed 7)",
        "sources/tester-2020.yaml:9: notice: doi: PubMed has this work as number 1",
    ]


def test_a_retraction_is_an_error_until_the_note_names_it(verify: Runner, services: Services, edit: Edit) -> None:
    services.works["10.5555/exemplin"] = make_work(
        **{
            "updated-by": [
                {"DOI": "10.5555/r", "type": "retraction", "label": "Retraction", "source": name}
                for name in ("publisher", "retraction-watch")
            ]
        }
    )
    services.summaries["1"] = make_summary(
        pubtype=["Journal Article", "Retracted Publication"], title="RETRACTED: Exemplin against placebo: an invented trial."
    )
    assert lines(verify()) == [
        "sources/tester-2020.yaml:1: error: id: Crossref: this work was retracted: Retraction 10.5555/r (source: publisher)",
        "sources/tester-2020.yaml:1: error: id: PubMed: this work was retracted: publication type “Retracted Publication”",
    ]
    outcome = verify(edit("sources/tester-2020.yaml", "volume:", "note: It was retracted in 2021.\nvolume:"))
    assert (lines(outcome), outcome.states["tester-2020"]) == ([], "agree")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("ErratumIn", "there is a correction: erratum in X"),
        ("CorrectedandRepublishedIn", "there is a correction: corrected and republished in X"),
        ("ExpressionOfConcernIn", "there is an expression of concern: expression of concern in X"),
        ("UpdateIn", "there is a newer version: update in X"),
        ("RetractionOf", "this is itself a notice about another work: retraction of X"),
    ],
)
def test_other_notices_of_pubmed_are_notices(verify: Runner, services: Services, reference: str, said: str) -> None:
    services.references["1"] = make_reference(reference, "X") + make_reference("CommentIn", "Y")
    outcome = verify()
    assert lines(outcome) == [f"sources/tester-2020.yaml:1: notice: id: PubMed: {said}"]
    assert (outcome.states["tester-2020"], outcome.exit_code) == ("agree", 0)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"updated-by": [{"DOI": "10.5555/c", "type": "corrigendum"}]}, "there is a correction: corrigendum 10.5555/c"),
        ({"updated-by": [{"DOI": "10.5555/c", "type": "new_version"}]}, "there is a newer version: new_version 10.5555/c"),
        (
            {"update-to": [{"DOI": "10.5555/c", "type": "retraction", "label": "Retraction"}]},
            "this is itself a notice about another work: Retraction of 10.5555/c",
        ),
        (
            {"relation": {"is-preprint-of": [{"id-type": "doi", "id": "10.5555/p"}], "has-review": []}},
            "there is a newer version: is-preprint-of 10.5555/p",
        ),
    ],
)
def test_other_notices_of_crossref_are_notices(verify: Runner, services: Services, members: dict[str, object], said: str) -> None:
    services.works["10.5555/exemplin"] = make_work(**members)
    assert lines(verify()) == [f"sources/tester-2020.yaml:1: notice: id: Crossref: {said}"]


def test_a_mark_in_the_title_is_a_retraction(verify: Runner, services: Services) -> None:
    title = "Withdrawn: Exemplin against placebo: an invented trial"
    services.works["10.5555/exemplin"] = make_work(title=[title])
    services.summaries["1"] = make_summary(title=title)
    assert lines(verify()) == [
        "sources/tester-2020.yaml:1: error: id: Crossref: this work was retracted: its title begins with “Withdrawn”",
        "sources/tester-2020.yaml:1: error: id: PubMed: this work was retracted: its title begins with “Withdrawn”",
    ]


def test_numbers_that_no_service_knows_are_errors(verify: Runner, services: Services) -> None:
    services.summaries, services.works, services.studies = {}, {}, {}
    outcome = verify()
    assert lines(outcome) == [
        "sources/loner-1999.yaml:5: error: registration[0].code: ClinicalTrials.gov knows no NCT00000001",
        "sources/tester-2020.yaml:9: error: pmid: PubMed knows no 1",
        "sources/tester-2020.yaml:10: error: doi: Crossref knows no 10.5555/exemplin",
        "sources/tester-2020.yaml:11: error: registration[0].code: ClinicalTrials.gov knows no NCT00000000",
    ]
    assert outcome.count() == {"agree": 0, "differ": 2, "not reached": 0, "form only": 1}


def test_a_doi_of_another_agency_exists_but_is_not_compared(verify: Runner, services: Services, edit: Edit) -> None:
    services.works, services.summaries, services.agencies = {}, {}, {"10.5555/exemplin": "DataCite"}
    edit("sources/tester-2020.yaml", 'pmid: "1"\n', "")
    data = edit("sources/tester-2020.yaml", "registration: [{system: nct, code: NCT00000000, display: Exemplin trial}]\n", "")
    outcome = verify(data)
    assert lines(outcome) == [
        "sources/tester-2020.yaml:9: notice: doi: the DOI is kept by DataCite, not by Crossref: that it exists was checked, nothing else"
    ]
    assert outcome.states["tester-2020"] == "form only"


def test_a_doi_that_crossref_says_is_its_own_but_lacks_is_unknown(verify: Runner, services: Services) -> None:
    services.works, services.agencies = {}, {"10.5555/exemplin": "Crossref"}
    assert lines(verify()) == ["sources/tester-2020.yaml:10: error: doi: Crossref knows no 10.5555/exemplin"]


def test_a_registration_that_was_replaced_is_a_notice(verify: Runner, services: Services) -> None:
    services.studies["NCT00000000"] = make_study("NCT00000009")
    assert lines(verify()) == [
        "sources/tester-2020.yaml:1: notice: id: ClinicalTrials.gov: there is a newer version: NCT00000000 is now NCT00000009"
    ]


def test_books_and_groups_of_pubmed_are_compared_by_their_own_fields(verify: Runner, services: Services, edit: Edit) -> None:
    group = [{"name": "Exemplin Study Group", "authtype": "CollectiveName"}]
    services.summaries["1"] = make_summary(
        title="", booktitle="Exemplin against placebo: an invented trial", authors=group, fulljournalname=""
    )
    services.works["10.5555/exemplin"] = make_work(author=[], editor=[{"name": "Exemplin Study Group"}, {"given": "nobody"}])
    data = edit("sources/tester-2020.yaml", "[Tester AB, Sample C]", "[Exemplin Study Group]")
    assert lines(verify(data)) == []


def test_records_that_say_little_contradict_nothing(verify: Runner, services: Services) -> None:
    services.summaries["1"] = {"uid": "1", "articleids": []}
    services.works["10.5555/exemplin"] = {"DOI": "10.5555/exemplin", "issued": {"date-parts": [[None]]}}
    services.studies["NCT00000000"] = {"protocolSection": {"identificationModule": {"nctId": "NCT00000000"}}}
    outcome = verify()
    assert (lines(outcome), outcome.states["tester-2020"]) == ([], "agree")


def test_numbers_of_wrong_form_are_sent_to_nobody() -> None:
    dates = {"added": TODAY, "reviewed": TODAY, "next_review": TODAY}
    source = Source.model_validate({
        "id": "a", "kind": "other", "title": "A", "year": None, "pmid": "900000000", "doi": "10.1000/a.",
        "registration": [{"system": "nct", "code": "NCT1", "display": "A"}, {"system": "isrctn", "code": "ISRCTN00000001", "display": "A"}], **dates,
    })  # fmt: skip
    assert list(list_questions(source)) == []


def test_a_second_run_asks_nothing(verify: Runner, services: Services) -> None:
    first = verify()
    asked = len(services.requests)
    assert verify() == first
    assert len(services.requests) == asked


def test_answers_that_are_too_old_or_of_another_service_are_asked_for_again(verify: Runner, services: Services) -> None:
    verify()
    asked = len(services.requests)
    verify.today = TODAY.replace(month=TODAY.month + 2)
    verify()
    assert len(services.requests) == 2 * asked


def test_damaged_answers_are_asked_for_again(verify: Runner, services: Services) -> None:
    verify()
    asked = len(services.requests)
    for path in verify.cache.rglob("*.json"):
        path.write_text("{")
    assert verify().states == AGREED
    assert len(services.requests) == 2 * asked


def test_a_disk_that_fails_in_the_middle_ends_the_run_with_its_own_error(verify: Runner) -> None:
    verify.cache.mkdir()
    (verify.cache / "crossref").write_text("in the way")
    with pytest.raises(FileExistsError):
        verify()


def write_many(folder: Path, count: int) -> Path:
    """Content that holds nothing but sources with PubMed numbers."""
    (folder / "sources").mkdir(parents=True)
    text = (SAMPLE / "sources" / "tester-2020.yaml").read_text(encoding="utf-8")
    text = text.replace("doi: 10.5555/exemplin\n", "").replace(
        "registration: [{system: nct, code: NCT00000000, display: Exemplin trial}]\n", ""
    )
    for number in range(1, count + 1):
        name = f"tester-{number:04}"
        (folder / "sources" / f"{name}.yaml").write_text(
            text.replace("id: tester-2020", f"id: {name}").replace('pmid: "1"', f'pmid: "{number}"')
        )
    return folder


def test_pubmed_is_asked_for_a_hundred_numbers_at_once(verify: Runner, services: Services, tmp_path: Path) -> None:
    services.summaries = {str(number): make_summary(str(number), articleids=[]) for number in range(1, 251)}
    outcome = verify(write_many(tmp_path / "many", 250))
    assert outcome.count() == {"agree": 250, "differ": 0, "not reached": 0, "form only": 0}
    assert services.requests == ["/eutils/esummary.fcgi", "/eutils/efetch.fcgi"] * 3
    assert [len(query["id"].split(",")) for query in services.queries] == [100, 100, 100, 100, 50, 50]


def test_an_interrupted_run_asks_only_for_the_rest(verify: Runner, services: Services, tmp_path: Path) -> None:
    services.summaries = {str(number): make_summary(str(number), articleids=[]) for number in range(1, 251)}
    data = write_many(tmp_path / "many", 250)

    def interrupt(settled: int) -> None:
        if settled:
            raise InterruptedError

    verify.progress = interrupt
    with pytest.raises(InterruptedError):
        verify(data)
    verify.progress = lambda _: None
    assert services.requests == ["/eutils/esummary.fcgi", "/eutils/efetch.fcgi"]
    assert verify(data).count()["agree"] == 250
    assert [query["id"].split(",")[0] for query in services.queries] == ["1", "1", "101", "101", "201", "201"]
