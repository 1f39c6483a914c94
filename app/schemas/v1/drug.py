"""Drugs: identity, forms, targets and pharmacokinetics."""

from pydantic import Field

from app.schemas.v1.common import Code, Dated, ItemLinks, Reference
from app.schemas.v1.fact import FactInSection, SourceInSection, SourceLocator
from app.values.model import Value
from app.values.quantity import Quantity, Range


class Structure(Value):
    """The molecule."""

    formula: str
    """Molecular formula of the free base."""
    molar_mass: Quantity
    """Molar mass of the free base, in `g/mol`."""
    smiles: str | None
    """SMILES; null when not recorded."""
    stereochemistry: str | None
    """Racemate, single enantiomer or achiral, in words; null when not recorded."""
    sources: list[SourceLocator]
    """What backs it."""


class Formulation(Value):
    """A form in which the drug is sold or made."""

    id: str
    """Short name."""
    form: str
    """Solution for injection, nasal spray, tablet."""
    route: str
    """How it is given."""
    strengths: list[Quantity]
    """Strengths."""
    status: str
    """`licensed` for some use somewhere, `compounded` by pharmacies, or `investigational` in trials only."""
    brands: list[str]
    """Brand names."""
    note: str | None
    """For what and where; null when there is nothing to add."""
    sources: list[SourceLocator]
    """What backs it."""


class DrugValue(Value):
    """A measured property of the drug."""

    id: str
    """Short name, unique in the drug."""
    name: str
    """What it is."""
    value: Quantity | None
    """The figure; null when it is a range."""
    range: Range | None
    """The range; null when it is one figure."""
    route: str | None
    """Route that it holds for; null when it does not depend on one."""
    target: str | None
    """Receptor, transporter or enzyme; null when it is not about one."""
    action: str | None
    """What the drug does there; null when not recorded."""
    note: str | None
    """Species, assay, population, what is disputed; null when there is nothing to add."""
    sources: list[SourceLocator]
    """What backs it."""


class Metabolite(Value):
    """What the body turns the drug into."""

    name: str
    """Name of the metabolite."""
    enzymes: list[str]
    """Enzymes that form it."""
    active: str
    """Whether it acts by itself: `yes`, `no`, `disputed` or `not-known`."""
    note: str | None
    """What it does, as far as known; null when there is nothing to add."""
    sources: list[SourceLocator]
    """What backs it."""


class ClassRelation(Value):
    """A typed link from a drug to a class of drugs."""

    kind: str
    """`member-of-class`: the class names the drug as `has-member`."""
    treatment: Reference
    """The class, which is a treatment of kind `drug-class`."""


class DrugSections(Value):
    """Statements about a drug, by subject."""

    identity: list[FactInSection]
    """What it is."""
    pharmacodynamics: list[FactInSection]
    """What it does to the body."""
    pharmacokinetics: list[FactInSection]
    """What the body does to it."""
    formulations: list[FactInSection]
    """What it is sold or made as."""

    def listed(self) -> list[FactInSection]:
        """All statements, in order."""
        return [*self.identity, *self.pharmacodynamics, *self.pharmacokinetics, *self.formulations]


class Drug(Dated):
    """An active substance."""

    id: str = Field(examples=["ketamine"])
    """Id of the drug."""
    name: str
    """International nonproprietary name."""
    kind: str
    """`racemate`, `enantiomer`, `achiral`, `mixture` or `metabolite`."""
    classes: list[str]
    """Pharmacological classes."""
    other_names: list[str]
    """Synonyms and brand names."""
    codes: list[Code]
    """Codes in other systems."""
    related: list[Reference]
    """Related drugs."""
    treatments: list[Reference]
    """Treatments that use it."""
    relations: list[ClassRelation]
    """Links to the classes that it belongs to, where they stand in the catalogue as treatments."""
    structure: Structure | None
    """The molecule; null when not recorded."""
    formulations: list[Formulation]
    """Forms."""
    targets: list[DrugValue]
    """Affinities."""
    pharmacokinetics: list[DrugValue]
    """Bioavailability, half-life, clearance, by route."""
    metabolites: list[Metabolite]
    """What it is turned into."""
    sections: DrugSections
    """Statements by subject."""
    links: ItemLinks
    """Addresses."""

    def cited(self) -> list[SourceInSection]:
        """What every part of the record rests on."""
        parts = [*self.formulations, *self.targets, *self.pharmacokinetics, *self.metabolites, *self.sections.listed()]
        structure = self.structure.sources if self.structure is not None else []
        return [*structure, *(source for part in parts for source in part.sources)]


class DrugCard(Value):
    """A drug, in a list."""

    id: str
    """Id of the drug."""
    name: str
    """International nonproprietary name."""
    kind: str
    """`racemate`, `enantiomer`, `achiral`, `mixture` or `metabolite`."""
    classes: list[str]
    """Pharmacological classes."""
    other_names: list[str]
    """Synonyms and brand names."""
    codes: list[Code]
    """Codes in other systems."""
    links: ItemLinks
    """Addresses."""
