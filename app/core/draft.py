"""What a person has written and not sent yet: words, and text files that go in front of them."""

from __future__ import annotations

from dataclasses import dataclass

# Stands behind each file.
BETWEEN = "\n\n"
# They join letters in the names of some languages; all else that cannot be seen could mislead.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file that belongs to a question: its name without the folder, and its text.

    Nothing of an `is_confidential` one may leave this machine.
    """

    name: str
    text: str
    is_confidential: bool = False

    @property
    def size(self) -> int:
        """The size of its text in bytes."""
        return len(self.text.encode("utf-8", "surrogatepass"))

    @property
    def heading(self) -> str:
        """What stands before its text in the question."""
        return f"File {self.name}:\n\n"

    @property
    def block(self) -> str:
        """The file as it stands in front of the question."""
        return self.heading + self.text.strip()

    @classmethod
    def of_block(cls, name: str, block: str, *, is_confidential: bool) -> TextFile:
        """The file of that name that stands as `block` in front of a question."""
        return cls(name, block[len(cls(name, "").heading) :], is_confidential)


@dataclass(frozen=True, slots=True)
class Draft:
    """The words, and the files in their order."""

    text: str = ""
    files: tuple[TextFile, ...] = ()

    @property
    def whole(self) -> str:
        """The question as a model reads it: the files in front, an empty line between them."""
        return BETWEEN.join([*(file.block for file in self.files), self.text])

    def before(self, other: Draft) -> Draft:
        """This one, and `other` behind it."""
        text = f"{self.text}\n\n{other.text}" if other.text.strip() else self.text
        return Draft(text if self.text.strip() else other.text, (*self.files, *other.files))

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.text or self.files)


def shown_name(name: str) -> str:
    """`name` on one line and without signs that cannot be seen, as from a file of anybody's."""
    seen = (sign if sign.isprintable() or sign in _JOINERS else "\ufffd" for sign in name)
    return "".join(seen)
