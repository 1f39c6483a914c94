"""Trial registries: ClinicalTrials.gov has a documented API (https://clinicaltrials.gov/data-api/api), version 2.

ISRCTN, ANZCTR, UMIN and EudraCT are not asked; their numbers are checked by form alone."""

from dataclasses import dataclass

from pydantic import Field

from app.verify.answer import Answer, find_year, parse_answer
from app.verify.fetch import Service
from app.verify.record import UNKNOWN, Notice, Record

ADDRESS = "https://clinicaltrials.gov"


class _Identification(Answer):
    nct_id: str = Field(alias="nctId")
    brief: str = Field(default="", alias="briefTitle")
    official: str = Field(default="", alias="officialTitle")
    acronym: str = ""


class _Start(Answer):
    date: str = ""


class _Status(Answer):
    start: _Start = Field(default=_Start(), alias="startDateStruct")


class _Protocol(Answer):
    identification: _Identification = Field(alias="identificationModule")
    status: _Status = Field(default=_Status(), alias="statusModule")


class _Study(Answer):
    protocol: _Protocol = Field(alias="protocolSection")


@dataclass(frozen=True)
class ClinicalTrials:
    """ClinicalTrials.gov, asked for one registration at a time."""

    service: Service

    async def fetch_record(self, nct: str) -> Record:
        """The record of a registration; an obsolete number leads to the one that replaced it."""
        parameters = {"format": "json", "fields": "NCTId,BriefTitle,OfficialTitle,Acronym,StartDate"}
        study = await self.service.ask(f"api/v2/studies/{nct}", parameters, lambda body: parse_answer(_Study, body))
        return UNKNOWN if study is None else _build_record(nct, study.protocol)


def _build_record(nct: str, protocol: _Protocol) -> Record:
    naming = protocol.identification
    year = find_year(protocol.status.start.date)
    return Record(
        titles=tuple(title for title in (naming.brief, naming.official, naming.acronym) if title),
        years=() if year is None else (year,),
        containers=("ClinicalTrials.gov",),
        notices=() if naming.nct_id == nct else (Notice(kind="newer", text=f"{nct} is now {naming.nct_id}"),),
    )
