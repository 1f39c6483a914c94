"""A method for each operation of the API.

Generated from docs/openapi-v1.json by clients/python/generate.py; do not edit.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from treatment_information import models
from treatment_information.answer import Answer, Page
from treatment_information.query import QueryValue, segment


class Operations(ABC):
    """The operations, each waiting for its answer.

    Parameters that take several values accept a list, or text with commas. Where `fields` is given, only those members are there.
    """

    @abstractmethod
    def _answer(self, path: str, query: Mapping[str, QueryValue]) -> Answer[Any]:
        """Ask for one resource."""

    @abstractmethod
    def _page(self, path: str, query: Mapping[str, QueryValue]) -> Page[Any]:
        """Ask for a page of a list."""

    def get_index(self, *, fields: Sequence[str] | None = None) -> Answer[models.Index]:
        """What the API holds: `GET /v1`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return self._answer("/v1", {"fields": fields})

    def lookup_code(
        self,
        system: str,
        code: str,
        *,
        fields: Sequence[Literal["collection", "id", "name", "system", "code", "display", "status", "links", "links.self"]]
        | str
        | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.LookupResult]:
        """Find records by a code: `GET /v1/lookup`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `system`: Code system: its short name, such as `rxnorm`, or its FHIR address.
        - `code`: The code; upper and lower case are alike.
        """
        return self._page("/v1/lookup", {"fields": fields, "limit": limit, "offset": offset, "system": system, "code": code})

    def list_changes(
        self,
        *,
        fields: Sequence[Literal["date", "kind", "collection", "id", "name", "version", "note", "links", "links.self"]] | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        since: str | None = None,
    ) -> Page[models.Change]:
        """What changed, newest first: `GET /v1/changes`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `since`: First day, as YYYY-MM-DD; without it, from the beginning.
        """
        return self._page("/v1/changes", {"fields": fields, "limit": limit, "offset": offset, "since": since})

    def search_facts(
        self,
        q: str,
        *,
        treatment: str | None = None,
        drug: str | None = None,
        section: str | None = None,
        topic: str | None = None,
        certainty: str | None = None,
        kind: str | None = None,
        source: str | None = None,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.FoundFact]:
        """Search: `GET /v1/search`.

        - `treatment`: Only those of this treatment, and the findings of studies and syntheses of it.
        - `drug`: Only those of this drug's record.
        - `section`: Only those of this section or subject.
        - `topic`: Only those about this topic.
        - `certainty`: Only those of this certainty.
        - `kind`: Only those of this kind: `adverse-effect`, `finding`, `dose` and others.
        - `source`: Only those that rest on this source.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `q`: Question or words, in anyone's wording; up to 1,000 characters.
        """
        return self._page(
            "/v1/search",
            {
                "treatment": treatment,
                "drug": drug,
                "section": section,
                "topic": topic,
                "certainty": certainty,
                "kind": kind,
                "source": source,
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "q": q,
            },
        )

    def get_answer(
        self,
        q: str,
        *,
        fields: Sequence[str] | None = None,
        treatment: str | None = None,
        audience: Literal["public", "professional"] | None = None,
        limit: int | None = None,
        max_tokens: int | None = None,
    ) -> Answer[models.Answer]:
        """Answer a question: `GET /v1/answers`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `q`: The question, in anyone's wording; up to 1,000 characters.
        - `treatment`: Only facts of this treatment.
        - `audience`: Whose wording `quote` holds: `plain` for the public, `text` for professionals.
        - `limit`: Most facts.
        - `max_tokens`: Room for the facts, in estimated tokens (four characters each; `quote`, which repeats a text,
          `highlights` and `links` do not count): whole facts are left out, never sentences; the first always comes.
        """
        return self._answer(
            "/v1/answers",
            {"fields": fields, "q": q, "treatment": treatment, "audience": audience, "limit": limit, "max_tokens": max_tokens},
        )

    def list_treatments(
        self,
        *,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        condition: str | None = None,
        drug: str | None = None,
        kind: str | None = None,
        status: str | None = None,
        route: str | None = None,
        onset_within: str | None = None,
    ) -> Page[models.TreatmentCard]:
        """All treatments: `GET /v1/treatments`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `condition`: Only those described for this condition.
        - `drug`: Only those that use this drug.
        - `kind`: Only those of this kind.
        - `status`: Only those with this legal status in some jurisdiction: `licensed`, `off-label`, `investigational` or
          `not-a-drug`.
        - `route`: Only those given by this route.
        - `onset_within`: Only those of which trials saw an effect within this time, an ISO 8601 duration: `P1D` one day, `P2W`
          two weeks.
        """
        return self._page(
            "/v1/treatments",
            {
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "condition": condition,
                "drug": drug,
                "kind": kind,
                "status": status,
                "route": route,
                "onset_within": onset_within,
            },
        )

    def get_treatment(
        self,
        treatment_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
        sections: Sequence[
            Literal[
                "overview",
                "background",
                "mechanism",
                "administration",
                "efficacy",
                "benefits",
                "safety",
                "limitations",
                "access",
                "conclusion",
            ]
        ]
        | str
        | None = None,
    ) -> Answer[models.Treatment]:
        """The document of a treatment: `GET /v1/treatments/{treatment_id}`.

        - `treatment_id`: Id of a treatment; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        - `sections`: Only these sections, with commas; the others are null.
        """
        return self._answer(f"/v1/treatments/{segment(treatment_id)}", {"fields": fields, "include": include, "sections": sections})

    def get_treatment_section(
        self,
        treatment_id: str,
        section: Literal[
            "overview", "background", "mechanism", "administration", "efficacy", "benefits", "safety", "limitations", "access", "conclusion"
        ],
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.SectionDocument]:
        """One section of a treatment: `GET /v1/treatments/{treatment_id}/{section}`.

        - `treatment_id`: Id of a treatment; aliases redirect.
        - `section`: Name of the section.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return self._answer(f"/v1/treatments/{segment(treatment_id)}/{segment(section)}", {"fields": fields, "include": include})

    def compare_treatments(self, treatments: Sequence[str], *, fields: Sequence[str] | None = None) -> Answer[models.Comparison]:
        """Treatments side by side: `GET /v1/compare`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `treatments`: Two to four treatments by id, with commas: `ketamine,ect`.
        """
        return self._answer("/v1/compare", {"fields": fields, "treatments": treatments})

    def list_drugs(
        self, *, fields: Sequence[str] | None = None, limit: int | None = None, offset: int | None = None, class_: str | None = None
    ) -> Page[models.DrugCard]:
        """All drugs: `GET /v1/drugs`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `class_`: Only those of this pharmacological class.
        """
        return self._page("/v1/drugs", {"fields": fields, "limit": limit, "offset": offset, "class": class_})

    def get_drug(
        self,
        drug_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.Drug]:
        """A drug: `GET /v1/drugs/{drug_id}`.

        - `drug_id`: Id of a drug; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return self._answer(f"/v1/drugs/{segment(drug_id)}", {"fields": fields, "include": include})

    def list_conditions(
        self, *, fields: Sequence[str] | None = None, limit: int | None = None, offset: int | None = None
    ) -> Page[models.ConditionCard]:
        """All conditions: `GET /v1/conditions`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        """
        return self._page("/v1/conditions", {"fields": fields, "limit": limit, "offset": offset})

    def get_condition(
        self,
        condition_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.Condition]:
        """A condition: `GET /v1/conditions/{condition_id}`.

        - `condition_id`: Id of a condition; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return self._answer(f"/v1/conditions/{segment(condition_id)}", {"fields": fields, "include": include})

    def list_studies(
        self,
        *,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        treatment: str | None = None,
        comparator: str | None = None,
        design: str | None = None,
        outcome: str | None = None,
        population: str | None = None,
        year_from: int | None = None,
        year_to: int | None = None,
    ) -> Page[models.StudyCard]:
        """All studies: `GET /v1/studies`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `treatment`: Only those that tested this treatment.
        - `comparator`: Only those that compared with this.
        - `design`: Only those of this design.
        - `outcome`: Only those that measured this.
        - `population`: Only those in this group or with this condition.
        - `year_from`: Published in this year or later.
        - `year_to`: Published in this year or earlier.
        """
        return self._page(
            "/v1/studies",
            {
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "treatment": treatment,
                "comparator": comparator,
                "design": design,
                "outcome": outcome,
                "population": population,
                "year_from": year_from,
                "year_to": year_to,
            },
        )

    def get_study(self, study_id: str, *, fields: Sequence[str] | None = None) -> Answer[models.Study]:
        """A study: `GET /v1/studies/{study_id}`.

        - `study_id`: Id of a study; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return self._answer(f"/v1/studies/{segment(study_id)}", {"fields": fields})

    def list_syntheses(
        self,
        *,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        treatment: str | None = None,
        comparator: str | None = None,
        outcome: str | None = None,
        timepoint: str | None = None,
    ) -> Page[models.SynthesisCard]:
        """All syntheses: `GET /v1/syntheses`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `treatment`: Only those of this treatment.
        - `comparator`: Only those that compare with this.
        - `outcome`: Only those of this outcome.
        - `timepoint`: Only those at this time since the start of treatment, an ISO 8601 duration such as `P1D`.
        """
        return self._page(
            "/v1/syntheses",
            {
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "treatment": treatment,
                "comparator": comparator,
                "outcome": outcome,
                "timepoint": timepoint,
            },
        )

    def get_synthesis(self, synthesis_id: str, *, fields: Sequence[str] | None = None) -> Answer[models.Synthesis]:
        """A synthesis: `GET /v1/syntheses/{synthesis_id}`.

        - `synthesis_id`: Id of a synthesis; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return self._answer(f"/v1/syntheses/{segment(synthesis_id)}", {"fields": fields})

    def list_claims(
        self,
        *,
        fields: Sequence[Literal["id", "claim", "verdict", "text", "plain", "treatments", "links", "links.self"]] | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        treatment: str | None = None,
        verdict: str | None = None,
    ) -> Page[models.ClaimCard]:
        """All claims: `GET /v1/claims`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `treatment`: Only those about this treatment.
        - `verdict`: Only those with this verdict.
        """
        return self._page("/v1/claims", {"fields": fields, "limit": limit, "offset": offset, "treatment": treatment, "verdict": verdict})

    def get_claim(
        self,
        claim_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.Claim]:
        """A claim with its verdict: `GET /v1/claims/{claim_id}`.

        - `claim_id`: Id of a claim; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return self._answer(f"/v1/claims/{segment(claim_id)}", {"fields": fields, "include": include})

    def list_facts(
        self,
        *,
        treatment: str | None = None,
        drug: str | None = None,
        section: str | None = None,
        topic: str | None = None,
        certainty: str | None = None,
        kind: str | None = None,
        source: str | None = None,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        ids: Sequence[str] | None = None,
    ) -> Page[models.Fact]:
        """Facts, filtered: `GET /v1/facts`.

        - `treatment`: Only those of this treatment, and the findings of studies and syntheses of it.
        - `drug`: Only those of this drug's record.
        - `section`: Only those of this section or subject.
        - `topic`: Only those about this topic.
        - `certainty`: Only those of this certainty.
        - `kind`: Only those of this kind: `adverse-effect`, `finding`, `dose` and others.
        - `source`: Only those that rest on this source.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `ids`: Only these, named by id with commas; at most 100.
        """
        return self._page(
            "/v1/facts",
            {
                "treatment": treatment,
                "drug": drug,
                "section": section,
                "topic": topic,
                "certainty": certainty,
                "kind": kind,
                "source": source,
                "fields": fields,
                "include": include,
                "limit": limit,
                "offset": offset,
                "ids": ids,
            },
        )

    def get_fact(
        self,
        fact_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.FactDetail]:
        """One fact: `GET /v1/facts/{fact_id}`.

        - `fact_id`: Id of the fact.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return self._answer(f"/v1/facts/{segment(fact_id)}", {"fields": fields, "include": include})

    def list_sources(
        self, *, fields: Sequence[str] | None = None, limit: int | None = None, offset: int | None = None, kind: str | None = None
    ) -> Page[models.Source]:
        """The bibliography: `GET /v1/sources`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `kind`: Only documents of this kind: `trial`, `meta-analysis`, `guideline`, `label` and others.
        """
        return self._page("/v1/sources", {"fields": fields, "limit": limit, "offset": offset, "kind": kind})

    def get_source(self, source_id: str, *, fields: Sequence[str] | None = None) -> Answer[models.Source]:
        """A source: `GET /v1/sources/{source_id}`.

        - `source_id`: Id of a source; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return self._answer(f"/v1/sources/{segment(source_id)}", {"fields": fields})

    def list_terms(
        self,
        *,
        fields: Sequence[Literal["id", "name", "abbreviation", "text", "plain", "links", "links.self"]] | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.TermCard]:
        """The glossary: `GET /v1/terms`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        """
        return self._page("/v1/terms", {"fields": fields, "limit": limit, "offset": offset})

    def get_term(
        self,
        term_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.Term]:
        """A word of the glossary: `GET /v1/terms/{term_id}`.

        - `term_id`: Id of a term; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return self._answer(f"/v1/terms/{segment(term_id)}", {"fields": fields, "include": include})

    def get_dump(self, *, fields: Sequence[str] | None = None) -> Answer[models.Dump]:
        """What the dumps hold: `GET /v1/dump`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return self._answer("/v1/dump", {"fields": fields})


class AsyncOperations(ABC):
    """The operations, each to be awaited.

    Parameters that take several values accept a list, or text with commas. Where `fields` is given, only those members are there.
    """

    @abstractmethod
    async def _answer(self, path: str, query: Mapping[str, QueryValue]) -> Answer[Any]:
        """Ask for one resource."""

    @abstractmethod
    async def _page(self, path: str, query: Mapping[str, QueryValue]) -> Page[Any]:
        """Ask for a page of a list."""

    async def get_index(self, *, fields: Sequence[str] | None = None) -> Answer[models.Index]:
        """What the API holds: `GET /v1`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return await self._answer("/v1", {"fields": fields})

    async def lookup_code(
        self,
        system: str,
        code: str,
        *,
        fields: Sequence[Literal["collection", "id", "name", "system", "code", "display", "status", "links", "links.self"]]
        | str
        | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.LookupResult]:
        """Find records by a code: `GET /v1/lookup`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `system`: Code system: its short name, such as `rxnorm`, or its FHIR address.
        - `code`: The code; upper and lower case are alike.
        """
        return await self._page("/v1/lookup", {"fields": fields, "limit": limit, "offset": offset, "system": system, "code": code})

    async def list_changes(
        self,
        *,
        fields: Sequence[Literal["date", "kind", "collection", "id", "name", "version", "note", "links", "links.self"]] | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        since: str | None = None,
    ) -> Page[models.Change]:
        """What changed, newest first: `GET /v1/changes`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `since`: First day, as YYYY-MM-DD; without it, from the beginning.
        """
        return await self._page("/v1/changes", {"fields": fields, "limit": limit, "offset": offset, "since": since})

    async def search_facts(
        self,
        q: str,
        *,
        treatment: str | None = None,
        drug: str | None = None,
        section: str | None = None,
        topic: str | None = None,
        certainty: str | None = None,
        kind: str | None = None,
        source: str | None = None,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.FoundFact]:
        """Search: `GET /v1/search`.

        - `treatment`: Only those of this treatment, and the findings of studies and syntheses of it.
        - `drug`: Only those of this drug's record.
        - `section`: Only those of this section or subject.
        - `topic`: Only those about this topic.
        - `certainty`: Only those of this certainty.
        - `kind`: Only those of this kind: `adverse-effect`, `finding`, `dose` and others.
        - `source`: Only those that rest on this source.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `q`: Question or words, in anyone's wording; up to 1,000 characters.
        """
        return await self._page(
            "/v1/search",
            {
                "treatment": treatment,
                "drug": drug,
                "section": section,
                "topic": topic,
                "certainty": certainty,
                "kind": kind,
                "source": source,
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "q": q,
            },
        )

    async def get_answer(
        self,
        q: str,
        *,
        fields: Sequence[str] | None = None,
        treatment: str | None = None,
        audience: Literal["public", "professional"] | None = None,
        limit: int | None = None,
        max_tokens: int | None = None,
    ) -> Answer[models.Answer]:
        """Answer a question: `GET /v1/answers`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `q`: The question, in anyone's wording; up to 1,000 characters.
        - `treatment`: Only facts of this treatment.
        - `audience`: Whose wording `quote` holds: `plain` for the public, `text` for professionals.
        - `limit`: Most facts.
        - `max_tokens`: Room for the facts, in estimated tokens (four characters each; `quote`, which repeats a text,
          `highlights` and `links` do not count): whole facts are left out, never sentences; the first always comes.
        """
        return await self._answer(
            "/v1/answers",
            {"fields": fields, "q": q, "treatment": treatment, "audience": audience, "limit": limit, "max_tokens": max_tokens},
        )

    async def list_treatments(
        self,
        *,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        condition: str | None = None,
        drug: str | None = None,
        kind: str | None = None,
        status: str | None = None,
        route: str | None = None,
        onset_within: str | None = None,
    ) -> Page[models.TreatmentCard]:
        """All treatments: `GET /v1/treatments`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `condition`: Only those described for this condition.
        - `drug`: Only those that use this drug.
        - `kind`: Only those of this kind.
        - `status`: Only those with this legal status in some jurisdiction: `licensed`, `off-label`, `investigational` or
          `not-a-drug`.
        - `route`: Only those given by this route.
        - `onset_within`: Only those of which trials saw an effect within this time, an ISO 8601 duration: `P1D` one day, `P2W`
          two weeks.
        """
        return await self._page(
            "/v1/treatments",
            {
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "condition": condition,
                "drug": drug,
                "kind": kind,
                "status": status,
                "route": route,
                "onset_within": onset_within,
            },
        )

    async def get_treatment(
        self,
        treatment_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
        sections: Sequence[
            Literal[
                "overview",
                "background",
                "mechanism",
                "administration",
                "efficacy",
                "benefits",
                "safety",
                "limitations",
                "access",
                "conclusion",
            ]
        ]
        | str
        | None = None,
    ) -> Answer[models.Treatment]:
        """The document of a treatment: `GET /v1/treatments/{treatment_id}`.

        - `treatment_id`: Id of a treatment; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        - `sections`: Only these sections, with commas; the others are null.
        """
        return await self._answer(f"/v1/treatments/{segment(treatment_id)}", {"fields": fields, "include": include, "sections": sections})

    async def get_treatment_section(
        self,
        treatment_id: str,
        section: Literal[
            "overview", "background", "mechanism", "administration", "efficacy", "benefits", "safety", "limitations", "access", "conclusion"
        ],
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.SectionDocument]:
        """One section of a treatment: `GET /v1/treatments/{treatment_id}/{section}`.

        - `treatment_id`: Id of a treatment; aliases redirect.
        - `section`: Name of the section.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return await self._answer(f"/v1/treatments/{segment(treatment_id)}/{segment(section)}", {"fields": fields, "include": include})

    async def compare_treatments(self, treatments: Sequence[str], *, fields: Sequence[str] | None = None) -> Answer[models.Comparison]:
        """Treatments side by side: `GET /v1/compare`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `treatments`: Two to four treatments by id, with commas: `ketamine,ect`.
        """
        return await self._answer("/v1/compare", {"fields": fields, "treatments": treatments})

    async def list_drugs(
        self, *, fields: Sequence[str] | None = None, limit: int | None = None, offset: int | None = None, class_: str | None = None
    ) -> Page[models.DrugCard]:
        """All drugs: `GET /v1/drugs`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `class_`: Only those of this pharmacological class.
        """
        return await self._page("/v1/drugs", {"fields": fields, "limit": limit, "offset": offset, "class": class_})

    async def get_drug(
        self,
        drug_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.Drug]:
        """A drug: `GET /v1/drugs/{drug_id}`.

        - `drug_id`: Id of a drug; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return await self._answer(f"/v1/drugs/{segment(drug_id)}", {"fields": fields, "include": include})

    async def list_conditions(
        self, *, fields: Sequence[str] | None = None, limit: int | None = None, offset: int | None = None
    ) -> Page[models.ConditionCard]:
        """All conditions: `GET /v1/conditions`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        """
        return await self._page("/v1/conditions", {"fields": fields, "limit": limit, "offset": offset})

    async def get_condition(
        self,
        condition_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.Condition]:
        """A condition: `GET /v1/conditions/{condition_id}`.

        - `condition_id`: Id of a condition; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return await self._answer(f"/v1/conditions/{segment(condition_id)}", {"fields": fields, "include": include})

    async def list_studies(
        self,
        *,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        treatment: str | None = None,
        comparator: str | None = None,
        design: str | None = None,
        outcome: str | None = None,
        population: str | None = None,
        year_from: int | None = None,
        year_to: int | None = None,
    ) -> Page[models.StudyCard]:
        """All studies: `GET /v1/studies`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `treatment`: Only those that tested this treatment.
        - `comparator`: Only those that compared with this.
        - `design`: Only those of this design.
        - `outcome`: Only those that measured this.
        - `population`: Only those in this group or with this condition.
        - `year_from`: Published in this year or later.
        - `year_to`: Published in this year or earlier.
        """
        return await self._page(
            "/v1/studies",
            {
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "treatment": treatment,
                "comparator": comparator,
                "design": design,
                "outcome": outcome,
                "population": population,
                "year_from": year_from,
                "year_to": year_to,
            },
        )

    async def get_study(self, study_id: str, *, fields: Sequence[str] | None = None) -> Answer[models.Study]:
        """A study: `GET /v1/studies/{study_id}`.

        - `study_id`: Id of a study; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return await self._answer(f"/v1/studies/{segment(study_id)}", {"fields": fields})

    async def list_syntheses(
        self,
        *,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        treatment: str | None = None,
        comparator: str | None = None,
        outcome: str | None = None,
        timepoint: str | None = None,
    ) -> Page[models.SynthesisCard]:
        """All syntheses: `GET /v1/syntheses`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `treatment`: Only those of this treatment.
        - `comparator`: Only those that compare with this.
        - `outcome`: Only those of this outcome.
        - `timepoint`: Only those at this time since the start of treatment, an ISO 8601 duration such as `P1D`.
        """
        return await self._page(
            "/v1/syntheses",
            {
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "treatment": treatment,
                "comparator": comparator,
                "outcome": outcome,
                "timepoint": timepoint,
            },
        )

    async def get_synthesis(self, synthesis_id: str, *, fields: Sequence[str] | None = None) -> Answer[models.Synthesis]:
        """A synthesis: `GET /v1/syntheses/{synthesis_id}`.

        - `synthesis_id`: Id of a synthesis; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return await self._answer(f"/v1/syntheses/{segment(synthesis_id)}", {"fields": fields})

    async def list_claims(
        self,
        *,
        fields: Sequence[Literal["id", "claim", "verdict", "text", "plain", "treatments", "links", "links.self"]] | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        treatment: str | None = None,
        verdict: str | None = None,
    ) -> Page[models.ClaimCard]:
        """All claims: `GET /v1/claims`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `treatment`: Only those about this treatment.
        - `verdict`: Only those with this verdict.
        """
        return await self._page(
            "/v1/claims", {"fields": fields, "limit": limit, "offset": offset, "treatment": treatment, "verdict": verdict}
        )

    async def get_claim(
        self,
        claim_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.Claim]:
        """A claim with its verdict: `GET /v1/claims/{claim_id}`.

        - `claim_id`: Id of a claim; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return await self._answer(f"/v1/claims/{segment(claim_id)}", {"fields": fields, "include": include})

    async def list_facts(
        self,
        *,
        treatment: str | None = None,
        drug: str | None = None,
        section: str | None = None,
        topic: str | None = None,
        certainty: str | None = None,
        kind: str | None = None,
        source: str | None = None,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        ids: Sequence[str] | None = None,
    ) -> Page[models.Fact]:
        """Facts, filtered: `GET /v1/facts`.

        - `treatment`: Only those of this treatment, and the findings of studies and syntheses of it.
        - `drug`: Only those of this drug's record.
        - `section`: Only those of this section or subject.
        - `topic`: Only those about this topic.
        - `certainty`: Only those of this certainty.
        - `kind`: Only those of this kind: `adverse-effect`, `finding`, `dose` and others.
        - `source`: Only those that rest on this source.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `ids`: Only these, named by id with commas; at most 100.
        """
        return await self._page(
            "/v1/facts",
            {
                "treatment": treatment,
                "drug": drug,
                "section": section,
                "topic": topic,
                "certainty": certainty,
                "kind": kind,
                "source": source,
                "fields": fields,
                "include": include,
                "limit": limit,
                "offset": offset,
                "ids": ids,
            },
        )

    async def get_fact(
        self,
        fact_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.FactDetail]:
        """One fact: `GET /v1/facts/{fact_id}`.

        - `fact_id`: Id of the fact.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return await self._answer(f"/v1/facts/{segment(fact_id)}", {"fields": fields, "include": include})

    async def list_sources(
        self, *, fields: Sequence[str] | None = None, limit: int | None = None, offset: int | None = None, kind: str | None = None
    ) -> Page[models.Source]:
        """The bibliography: `GET /v1/sources`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        - `kind`: Only documents of this kind: `trial`, `meta-analysis`, `guideline`, `label` and others.
        """
        return await self._page("/v1/sources", {"fields": fields, "limit": limit, "offset": offset, "kind": kind})

    async def get_source(self, source_id: str, *, fields: Sequence[str] | None = None) -> Answer[models.Source]:
        """A source: `GET /v1/sources/{source_id}`.

        - `source_id`: Id of a source; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return await self._answer(f"/v1/sources/{segment(source_id)}", {"fields": fields})

    async def list_terms(
        self,
        *,
        fields: Sequence[Literal["id", "name", "abbreviation", "text", "plain", "links", "links.self"]] | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.TermCard]:
        """The glossary: `GET /v1/terms`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `limit`: Most entries on a page.
        - `offset`: Entries to leave out before the page.
        """
        return await self._page("/v1/terms", {"fields": fields, "limit": limit, "offset": offset})

    async def get_term(
        self,
        term_id: str,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[Literal["sources", "studies", "terms"]] | str | None = None,
    ) -> Answer[models.Term]:
        """A word of the glossary: `GET /v1/terms/{term_id}`.

        - `term_id`: Id of a term; aliases redirect.
        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        - `include`: Add the records that the data refers to under `included`: `sources`, `studies`, `terms`, with commas.
        """
        return await self._answer(f"/v1/terms/{segment(term_id)}", {"fields": fields, "include": include})

    async def get_dump(self, *, fields: Sequence[str] | None = None) -> Answer[models.Dump]:
        """What the dumps hold: `GET /v1/dump`.

        - `fields`: Keep only these members of `data`, named with commas and dots: `id,sections.safety`. In lists, of each
          entry. The answer then lacks the other members.
        """
        return await self._answer("/v1/dump", {"fields": fields})
