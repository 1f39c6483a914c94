"""Every generated method, called on the running service."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from generate import ROOT
from generation.description import Description, Operation, as_object
from treatment_information import Answer, AsyncClient, Client, Page
from treatment_information.exchange import parse_json

DESCRIPTION = Description(as_object(parse_json((ROOT / "docs" / "openapi-v1.json").read_bytes())))
OPERATIONS = list(DESCRIPTION.operations())
NEEDED = {
    "treatment_id": "ketamine",
    "section": "safety",
    "drug_id": "ketamine",
    "condition_id": "major-depression",
    "study_id": "murrough-2013",
    "synthesis_id": "esketamine-response-day-28",
    "claim_id": "works-within-hours",
    "fact_id": "treatment.ketamine.safety.dissociation",
    "source_id": "zarate-2006",
    "term_id": "madrs",
    "system": "rxnorm",
    "code": "6130",
    "q": "How fast does ketamine work?",
    "treatments": ["ketamine", "ect"],
}


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


@pytest.fixture
async def awaiting(address: str) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(address) as client:
        yield client


def needs(operation: Operation) -> list[Any]:
    return [NEEDED[parameter.name] for parameter in operation.parameters if parameter.required]


def test_every_operation_answers(client: Client) -> None:
    for operation in OPERATIONS:
        method: Callable[..., Answer[Any] | Page[Any]] = getattr(client, operation.name)
        answer = method(*needs(operation))
        assert type(answer).__name__ == operation.envelope
        assert answer.data
        assert answer.release == answer.meta["release"]


async def test_every_operation_answers_when_awaited(awaiting: AsyncClient, client: Client) -> None:
    for operation in OPERATIONS:
        method: Callable[..., Awaitable[Answer[Any] | Page[Any]]] = getattr(awaiting, operation.name)
        waited: Callable[..., Answer[Any] | Page[Any]] = getattr(client, operation.name)
        assert (await method(*needs(operation))).data == waited(*needs(operation)).data
