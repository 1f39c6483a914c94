"""Drugs: identity, forms, targets and pharmacokinetics."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.content.review import Reviewed, Sentence
from app.content.statement import SourceRef, Statement
from app.content.treatment import Name
from app.values.coding import Coding
from app.values.ids import Slug
from app.values.model import Value
from app.values.quantity import Quantity, Range


class Structure(Value):
    """What the molecule is."""

    formula: Name
    """Molecular formula of the free base."""
    molar_mass: Quantity
    """In `g/mol`."""
    smiles: Annotated[str, StringConstraints(max_length=400)] | None = None
    """SMILES."""
    stereochemistry: Sentence | None = None
    """Racemate, single enantiomer or achiral, in words."""
    sources: Annotated[tuple[SourceRef, ...], Field(min_length=1)]
    """What backs it."""


class Formulation(Value):
    """A form in which the drug is sold or made."""

    id: Slug
    """Short name."""
    form: Name
    """Solution for injection, nasal spray, tablet."""
    route: Name
    """How it is given."""
    strengths: tuple[Quantity, ...] = ()
    """Strengths on the market."""
    status: Literal["licensed", "compounded", "investigational"]
    """`licensed` for some use somewhere; `compounded` by pharmacies; `investigational` in trials only."""
    brands: tuple[Name, ...] = ()
    """Brand names."""
    note: Sentence | None = None
    """For what and where."""
    sources: Annotated[tuple[SourceRef, ...], Field(min_length=1)]
    """What backs it."""


class DrugValue(Value):
    """A measured property of the drug, by route or target."""

    id: Slug
    """Short name, unique in the drug; figures name it as `<drug>/<id>`."""
    name: Name
    """What it is: "elimination half-life", "Ki at the NMDA receptor"."""
    value: Quantity | None = None
    """The figure, when it is one."""
    range: Range | None = None
    """The figure, when it is a range."""
    route: Name | None = None
    """Route that it holds for."""
    target: Name | None = None
    """Receptor, transporter or enzyme that it is about."""
    action: Name | None = None
    """What the drug does there: "channel blocker", "agonist"."""
    note: Sentence | None = None
    """Species, assay, population, what is disputed."""
    sources: Annotated[tuple[SourceRef, ...], Field(min_length=1)]
    """What backs it."""

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        if (self.value is None) is (self.range is None):
            raise ValueError("give either `value` or `range`")
        return self


class Metabolite(Value):
    """What the body turns the drug into."""

    name: Name
    """Name of the metabolite."""
    enzymes: tuple[Name, ...] = ()
    """Enzymes that form it."""
    active: Literal["yes", "no", "disputed", "not-known"]
    """Whether it acts by itself."""
    note: Sentence | None = None
    """What it does, as far as known."""
    sources: Annotated[tuple[SourceRef, ...], Field(min_length=1)]
    """What backs it."""


class DrugSections(Value):
    """The statements about a drug, by subject."""

    identity: tuple[Statement, ...] = ()
    """What it is."""
    pharmacodynamics: tuple[Statement, ...] = ()
    """What it does to the body."""
    pharmacokinetics: tuple[Statement, ...] = ()
    """What the body does to it."""
    formulations: tuple[Statement, ...] = ()
    """What it is sold or made as."""


class Drug(Reviewed):
    """An active substance."""

    id: Slug
    """File name; the international nonproprietary name."""
    name: Name
    """International nonproprietary name."""
    kind: Literal["racemate", "enantiomer", "achiral", "mixture", "metabolite"]
    """Kind of substance."""
    classes: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Pharmacological classes: `nmda-receptor-antagonist`, `ssri`."""
    other_names: tuple[Name, ...] = ()
    """Synonyms and brand names."""
    codes: tuple[Coding, ...] = ()
    """Its codes in other systems."""
    related: tuple[Slug, ...] = ()
    """Ids of related drugs: enantiomers, racemate, metabolites."""
    structure: Structure | None = None
    """The molecule."""
    formulations: tuple[Formulation, ...] = ()
    """Its forms."""
    targets: tuple[DrugValue, ...] = ()
    """Affinities."""
    pharmacokinetics: tuple[DrugValue, ...] = ()
    """Bioavailability, half-life, clearance, by route."""
    metabolites: tuple[Metabolite, ...] = ()
    """What it is turned into."""
    sections: DrugSections = DrugSections()
    """Statements by subject; their ids are `drug.<id>.<subject>.<slug>`."""
    aliases: tuple[Slug, ...] = ()
    """Other ids that redirect here."""
