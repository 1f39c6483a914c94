"""Codes of other systems, named by their FHIR system addresses."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from app.values.model import Value

SYSTEMS: dict[str, str] = {
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
    "unii": "http://fdasis.nlm.nih.gov",
    "snomed": "http://snomed.info/sct",
    "icd-10": "http://hl7.org/fhir/sid/icd-10",
    "icd-10-cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd-11": "http://id.who.int/icd/release/11/mms",
    "mesh": "http://id.nlm.nih.gov/mesh",
    "loinc": "http://loinc.org",
    "chembl": "https://www.ebi.ac.uk/chembl",
    "chebi": "https://www.ebi.ac.uk/chebi",
    "cas": "urn:oid:2.16.840.1.113883.6.61",
    "pubchem": "https://pubchem.ncbi.nlm.nih.gov/compound",
    "drugbank": "https://go.drugbank.com/drugs",
    "gtopdb": "https://www.guidetopharmacology.org/ligand",
    "kegg": "https://www.genome.jp/kegg/drug",
    "inchikey": "urn:inchikey",
    "nct": "http://clinicaltrials.gov",
    "eudract": "https://www.clinicaltrialsregister.eu",
    "isrctn": "https://www.isrctn.com",
    "anzctr": "https://www.anzctr.org.au",
    "umin": "https://www.umin.ac.jp/ctr",
    "pmid": "http://www.ncbi.nlm.nih.gov/pubmed",
    "pmcid": "http://www.ncbi.nlm.nih.gov/pmc",
    "doi": "https://doi.org",
}
"""Short name of each code system, as authors and `/v1/lookup` use it, and its address."""

SystemName = Literal[
    "rxnorm", "atc", "unii", "snomed", "icd-10", "icd-10-cm", "icd-11", "mesh", "loinc", "chembl", "chebi", "cas",
    "pubchem", "drugbank", "gtopdb", "kegg", "inchikey", "nct", "eudract", "isrctn", "anzctr", "umin", "pmid", "pmcid", "doi",
]  # fmt: skip


class Coding(Value):
    """A code in another system, as authors write it."""

    system: SystemName
    """Short name of the code system."""
    code: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    """The code itself, always as text: `"6130"`."""
    display: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """What the system calls the thing."""
    status: Literal["current", "superseded"] = "current"
    """`superseded` codes still answer look-ups."""
