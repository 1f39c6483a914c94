"""From the content folder to the library, with every problem on the way."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from app.content.condition import Claim, Condition, Term
from app.content.drug import Drug
from app.content.library import Library, Located, TreatmentFiles
from app.content.notice import Notices
from app.content.problem import Problem
from app.content.reader import Document, parse_model, read_yaml
from app.content.review import Reviewed
from app.content.shelf import TreatmentShelf
from app.content.source import Source
from app.content.study import Study
from app.content.synthesis import Synthesis
from app.content.treatment import Section, Treatment
from app.values.model import Value
from app.values.sections import COLLECTIONS, SECTIONS, SectionName, find_section

ItemT = TypeVar("ItemT", bound=Reviewed)
ModelT = TypeVar("ModelT", bound=Value)

_NOT_CONTENT = frozenset({"LICENSE", "README.md", "schemas"})


def load_library(root: Path) -> tuple[Library | None, list[Problem]]:
    """Read all content below `root`, and report all problems of single files.

    The library holds what could be read and names what could not; it is None when there is no content at all."""
    load = _Load(root)
    if not root.is_dir():
        return None, [Problem(root.name, 1, "", "the content folder does not exist", "give the folder that holds `treatments/`")]
    load.reject_strangers()
    library = Library(
        treatments=load.treatments(),
        drugs=load.collection("drugs", Drug),
        conditions=load.collection("conditions", Condition),
        studies=load.collection("studies", Study),
        syntheses=load.collection("syntheses", Synthesis),
        claims=load.collection("claims", Claim),
        sources=load.collection("sources", Source),
        terms=load.collection("terms", Term),
        notices=load.notices(),
    )
    return replace(library, unread=frozenset(load.unread)), load.problems


class _Load:
    """Reads files and gathers their problems."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.unread: set[str] = set()

    def reject_strangers(self) -> None:
        """Report files and folders of the content that no reader will look at."""
        known = {*COLLECTIONS, *_NOT_CONTENT, "notices.yaml"}
        for path in sorted(self.root.iterdir()):
            if path.name not in known and not path.name.startswith("."):
                self._stray(path, f"the content has {', '.join(COLLECTIONS)} and notices.yaml: move it into one of them")

    def collection(self, name: str, model: type[ItemT]) -> dict[str, Located[ItemT]]:
        """The items of one folder, by id."""
        items: dict[str, Located[ItemT]] = {}
        for path in self._files(self.root / name):
            located = self._item(path, model)
            if located is not None:
                items[path.stem] = located
        return items

    def treatments(self) -> Mapping[str, TreatmentFiles]:
        """The treatments, each a folder of its own."""
        folder = self.root / "treatments"
        found = TreatmentShelf()
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.name.startswith("."):
                continue
            if not path.is_dir():
                self._stray(path, "each treatment is a folder with treatment.yaml and its sections")
                continue
            files = self._treatment(path)
            if files is not None:
                found.add(path.name, files)
        return found

    def notices(self) -> Located[Notices] | None:
        """The notices, if the content has any."""
        path = self.root / "notices.yaml"
        return self._item(path, Notices) if path.is_file() else None

    def _treatment(self, folder: Path) -> TreatmentFiles | None:
        head: Located[Treatment] | None = None
        sections: dict[SectionName, Located[Section]] = {}
        for path in self._files(folder):
            if path.stem == "treatment":
                head = self._item(path, Treatment)
            elif (name := find_section(path.stem)) is not None:
                section = self._item(path, Section)
                if section is not None:
                    sections[name] = section
            else:
                self._stray(path, f"a treatment has the sections {', '.join(SECTIONS)}: rename the file to one of them")
        if not (folder / "treatment.yaml").is_file():
            file = (folder / "treatment.yaml").relative_to(self.root).as_posix()
            self.problems.append(Problem(file, 1, "", "the treatment has no head", "write treatment.yaml; CONTRIBUTING.md has a template"))
        if head is None:
            self.unread.add(folder.name)
        in_order: dict[SectionName, Located[Section]] = {name: sections[name] for name in SECTIONS if name in sections}
        return TreatmentFiles(head, in_order) if head is not None else None

    def _files(self, folder: Path) -> list[Path]:
        if not folder.is_dir():
            return []
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        for path in paths:
            if path.is_dir() or path.suffix != ".yaml":
                self._stray(path, "content files end in .yaml and lie directly in their folder")
        return [path for path in paths if path.is_file() and path.suffix == ".yaml"]

    def _item(self, path: Path, model: type[ModelT]) -> Located[ModelT] | None:
        document, problems = read_yaml(path, self.root)
        self.problems += problems
        item: ModelT | None = None
        if document is not None and not problems:
            item, problems = parse_model(model, document)
            self.problems += problems
        if document is None or item is None:
            self.unread.add(f"{path.parent.name}/{path.stem}" if model is Section else path.stem)
            return None
        self._check_file_name(path, item, document)
        return Located(item, document)

    def _check_file_name(self, path: Path, item: Value, document: Document) -> None:
        key = "section" if isinstance(item, Section) else "id"
        expected = path.parent.name if isinstance(item, Treatment) else path.stem
        given = getattr(item, key, expected)
        if given != expected:
            remedy = f"write `{key}: {expected}` or rename the file; a published id never changes"
            self.problems.append(document.problem((key,), f"`{key}` is `{given}` but the file is named `{expected}`", remedy))

    def _stray(self, path: Path, remedy: str) -> None:
        file = path.relative_to(self.root).as_posix()
        self.problems.append(Problem(file, 1, "", f"`{path.name}` belongs nowhere", remedy))
