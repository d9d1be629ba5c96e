"""What a page skeleton shows around the page: places, person, clock. Filled by the apps."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """One entry of the rail, the top bar or the tab bar; `key` is pressed after G."""

    label: str
    href: str
    icon: str
    count: int | None = None
    here: bool = False
    key: str | None = None


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the avatar and its menu show them."""

    name: str
    role: str
    initials: str


def initials(name: str) -> str:
    """`PN` for Priya Nair; one letter for a single name; never empty."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


@dataclass(frozen=True)
class Shell:
    """Everything around the page. A part left out is not drawn."""

    places: list[Place]
    person: Person
    sign_out: str
    home: str = "/"
    pinned: list[Place] = field(default_factory=list)
    # The workbench: the business time in words, and whether the demo has moved the clock.
    now: str = ""
    clock_moved: bool = False
    running: str = ""
    search: str = ""
    settings: str = ""
    notices: str = ""
    notices_count: int = 0
    # The portal: the company in hand and the others of the same person.
    company: str = ""
    companies: list[Place] = field(default_factory=list)
    switch_company: str = ""
