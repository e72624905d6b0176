"""A library in a temporary folder with everything that belongs to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from app.engine import model_folder
from app.models.library import Library
from app.models.manager import ModelManager
from app.models.records import Records
from app.models.shelf import Shelf
from app.models.trials import Trials
from app.models.verification import Checks


@dataclass
class Home:
    """A data root. The main folder is kept in a file, as the settings keep it."""

    root: Path
    further: tuple[Path, ...] = ()
    manager: ModelManager = field(init=False)

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / "models").mkdir(exist_ok=True)
        self.manager = ModelManager(
            Shelf(
                library=Library(
                    lambda: (self.main, *self.further), records=self.records, checks=self.checks
                ),
                records=self.records,
                checks=self.checks,
                trials=self.trials,
                inspect=model_folder.read,
            ),
            journal=self.root / "library-move.json",
            switch=self.switch,
        )

    @property
    def records(self) -> Records:
        return Records(self.root / "models.json", self.root / "cache" / "use.json")

    @property
    def checks(self) -> Checks:
        return Checks(self.root / "cache" / "verified.json")

    @property
    def trials(self) -> Trials:
        return Trials(self.root / "trials.json")

    @property
    def main(self) -> Path:
        file = self.root / "main.json"
        return Path(json.loads(file.read_text())) if file.exists() else self.root / "models"

    def switch(self, folder: Path) -> None:
        partial = self.root / "main.partial"
        partial.write_text(json.dumps(str(folder)))
        partial.replace(self.root / "main.json")

    @property
    def ids(self) -> list[str]:
        """The models that can be used."""
        return [m.id for m in self.manager.library.scan() if m.problem is None]

    def left(self, folder: Path | None = None) -> list[str]:
        """Everything below a folder, the private part aside."""
        top = folder or self.main
        found = [path.relative_to(top).as_posix() for path in top.rglob("*")]
        return sorted(name for name in found if not name.startswith(".tacit"))
