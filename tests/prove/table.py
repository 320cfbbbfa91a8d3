"""What each person may do with each thing, written by hand from what the roles mean. Nothing here asks the policy.

Read it as a manager would. People stand to a case in one of a few ways (`standing`), and a line says what somebody of a
kind may do who stands so. Everything that is not said is refused. Before any line is asked, somebody is stopped (STOPS)
whose account, membership or agency is not current, who has a conflict of interest in the child, or who is an adult from
whom something about this child is kept.

The facts (who is who, which agency has which part in which case) are declared in county.py, by hand as well, and the
county is built from them.
"""

# ruff: noqa: E501  (a line of the table is a line)

from __future__ import annotations

from dataclasses import dataclass, field

# --- people ----------------------------------------------------------------------------------------------------------

# name | what she is | where she works | what is special about her
PEOPLE = """
nobody                 | nobody             |                 |
family with reference  | nobody             |                 | holds the reference of a concern, and of a referral
stranger               | stranger           |                 | has an account and no membership
superuser              | stranger           |                 | has every flag Django has
lead                   | attendance lead    | Hillside        |
colleague              | attendance lead    | Hillside        |
senco                  | senco              | Hillside        |
head                   | head               | Hillside        |
dsl                    | dsl                | Hillside        |
former                 | attendance lead    | Hillside        | left yesterday
not yet                | attendance lead    | Hillside        | begins tomorrow
other lead             | attendance lead    | Riverside       |
trust lead             | trust lead         | Trust           | Hillside is one of the trust's schools
other trust lead       | trust lead         | Other Trust     |
duty                   | duty               | attendance team |
officer                | officer            | attendance team |
manager                | manager            | attendance team |
conflicted manager     | manager            | attendance team | the neighbour of a child
conflicted officer     | officer            | attendance team | was in conflict once; it has been lifted
restricted officer     | officer            | attendance team | an adult from whom a child is protected
suspended              | officer            | attendance team | suspended
sen                    | partner            | SEN             |
early help             | partner            | Early Help      |
early help colleague   | partner            | Early Help      |
sections               | partner            | Careers         | is shown chosen sections
from today             | partner            | Mentors         | is shown what happens from now on
provider               | provider           | Orchard         |
health                 | partner            | Health          |
police                 | partner            | Police          |
closed agency          | partner            | Youth Club      | the agency has closed
glass                  | dpo                | Council         | broke the glass of one case just now
glass ended            | dpo                | Council         | broke it earlier today
two hats               | attendance lead    | Riverside       | also works at Mentors, and acts for Riverside now
two hats elsewhere     | partner            | Mentors         | the same person, acting for Mentors now
editor                 | editor             | Council         |
dpo                    | dpo                | Council         |
worker                 | the service        |                 |
"""

# Who is stopped before anything is asked: a state of the account, the membership or the agency.
STOPPED = {"former", "not yet", "suspended", "closed agency"}

SCHOOL = ("attendance lead", "senco", "head", "dsl")
TEAM = ("duty", "officer", "manager")
PARTNERS = ("partner", "provider")


@dataclass(frozen=True)
class Person:
    name: str
    kind: str
    agency: str
    about: str

    @property
    def works(self) -> bool:
        return self.name not in STOPPED


def _people() -> dict[str, Person]:
    rows = [[cell.strip() for cell in line.split("|")] for line in PEOPLE.strip().splitlines()]
    return {row[0]: Person(*row) for row in rows}


PERSONS = _people()

# --- cases -----------------------------------------------------------------------------------------------------------

# How somebody stands to a case:
#   team      works in the attendance team
#   on it     her agency takes part (the child's school among them), until a day that has not passed
#   above it  a school of her trust is on it
#   asked     her agency is invited and has not answered
#   glass     broke the glass of this case, and the hour is not over
#   outside   the data protection officer, who sees no case and may ask why somebody else does
# (removed, refused, expired, never asked: none of these, and nothing)
#
# The words of a line:
WORDS = {
    "look": "view view_story view_attendance view_people view_told",  # cut to the sections her agency is shown
    "reach": "view_contact reveal",  # the people around the child; what is protected only by saying why
    "upn": "view_upn",
    "protect": "restrict ask_to_lift lift",  # an adult must not learn something; two people to end it
    "declare": "declare_conflict",
    "clear": "lift_conflict",
    "oversee": "review_break_glass explain",  # without seeing the case; so does breaking the glass begin
    "stop": "end_break_glass",
    "note": "add_note",
    "marks": "add_marks",
}
# What cannot be done without reading a section of the case.
NEEDS = {
    "view_story": "story",
    "view_attendance": "attendance",
    "view_people": "people",
    "view_told": "told",
    "view_contact": "people",
    "reveal": "people",
    "add_note": "story",
    "add_marks": "attendance",
}

# who             | stands   | while the case is open                                            | and when it is closed
CASES = """
duty              | team     | look reach upn protect declare invite share remove assign note marks             | look reach upn protect declare
officer           | team     | look reach upn protect declare invite share remove note marks close              | look reach upn protect declare reopen
manager           | team     | look reach upn protect declare clear oversee stop invite share remove assign note marks close | look reach upn protect declare clear oversee stop reopen
attendance lead   | on it    | look reach upn declare note marks                                 | look reach upn declare
senco             | on it    | look reach upn declare note                                       | look reach upn declare
head              | on it    | look reach upn declare note                                       | look reach upn declare
dsl               | on it    | look reach upn protect declare note                               | look reach upn protect declare
trust lead        | above it | look declare                                                      | look declare
partner           | on it    | look reach declare note                                           | look reach declare
provider          | on it    | look reach declare note marks                                     | look reach declare
attendance lead   | asked    | join refuse                                                       |
senco             | asked    | join refuse                                                       |
head              | asked    | join refuse                                                       |
dsl               | asked    | join refuse                                                       |
partner           | asked    | join refuse                                                       |
provider          | asked    | join refuse                                                       |
dpo               | glass    | look oversee stop                                                 | look oversee stop
dpo               | outside  | oversee                                                           | oversee
the service       | machine  | expire stop                                                       | expire stop
"""

# --- what comes in ---------------------------------------------------------------------------------------------------

# A concern belongs to the attendance team, all of it; a school or a partner never reads one.
# who             | before it is decided                                | afterwards
CONCERNS = """
duty              | view review:received contact accept decline declare       | view declare
officer           | view contact declare                                      | view declare
manager           | view review:received contact accept decline declare clear | view declare clear
"""

# A referral is its school's; the team's too once it has been sent.
# who             | stands      | and what she may do with it at any stage | while it is
REFERRALS = """
attendance lead   | own school  | view declare       | draft: edit submit withdraw · returned: edit submit withdraw · submitted: withdraw
senco             | own school  | view declare       | draft: edit submit withdraw · returned: edit submit withdraw · submitted: withdraw
head              | own school  | view declare       | draft: edit submit withdraw · returned: edit submit withdraw · submitted: withdraw
dsl               | own school  | view declare       | draft: edit submit withdraw · returned: edit submit withdraw · submitted: withdraw
duty              | sent        | view declare       | submitted: accept return decline
manager           | sent        | view declare clear | submitted: accept return decline
officer           | sent        | view declare       |
"""

# --- notes and events ------------------------------------------------------------------------------------------------

# A note is read by whoever reads the story of its case and, beside that, by its level:
NOTES = {
    "case": "everyone on the case",
    "agency": "whoever works where its writer works",
    "named": "its writer, and the people she chose",
}
# An event is known to whoever may see what it is about: a note's to the note's readers, a case's to who reads its story.

# --- the county ------------------------------------------------------------------------------------------------------

# who             | what
COUNTY = """
manager           | view_activity view_permissions manage_people close_agency
head              | manage_own_people
dpo               | view_activity view_permissions
attendance lead senco head dsl trust lead duty officer partner provider | view_permissions
"""
# Who begins a thing: (noun, verb) → who.
BEGINS = {
    ("concern", "raise"): ("nobody", "stranger"),
    ("referral", "start"): SCHOOL,
    ("case", "open"): ("duty", "manager"),
}


# --- reading the table -----------------------------------------------------------------------------------------------


@dataclass
class CaseFacts:
    """`parts`: {agency: "on it" | "asked" | "removed" | "refused" | "expired"}; `shares`: {agency: sections or "from"}."""

    school: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    shares: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stopped: tuple[str, ...] = ()  # people with a conflict of interest, or from whom the child is kept
    glass: tuple[str, ...] = ()


@dataclass
class ArrivalFacts:
    """A concern or a referral. `sent`: whether the council has had it."""

    stage: str
    school: str = ""
    sent: bool = True
    case: str = ""
    stopped: tuple[str, ...] = ()


@dataclass
class NoteFacts:
    case: str
    level: str
    writer: str
    readers: tuple[str, ...] = ()
    old: bool = True  # written before anybody was let in "from now on"


TRUSTS = {"Hillside": "Trust"}
SECTIONS = ("story", "attendance", "people", "told")


def _lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def _words(said: str) -> set[str]:
    return {verb for word in said.split() for verb in WORDS.get(word, word).split()}


def standing(who: Person, case: CaseFacts) -> str:
    """How somebody stands to a case; "" for not at all."""
    if who.kind == "the service":
        return "machine"
    if not who.works or who.name in case.stopped:
        return ""
    if who.kind in TEAM:
        return "team"
    if who.kind == "trust lead":
        return "above it" if any(case.parts.get(s) == "on it" and t == who.agency for s, t in TRUSTS.items()) else ""
    part = case.parts.get(who.agency, "") if who.agency else ""
    if part in {"on it", "asked"}:
        return part
    if who.name in case.glass:
        return "glass"
    return "outside" if who.kind == "dpo" else ""


# Who looks over the work: without seeing a case for it, and never over what she did herself.
OVERSIGHT = ("manager", "dpo")
# In an emergency, whoever works with children may open any case for an hour, with a reason; never the stopped.
EMERGENCY = (*SCHOOL, *PARTNERS, "dpo")


def on_case(who: Person, case: CaseFacts) -> set[str]:
    stands = standing(who, case)
    opens = who.kind in EMERGENCY and who.works and who.name not in case.stopped
    return _by_line(who, case, stands) | ({"break_glass"} if opens else set())


def _by_line(who: Person, case: CaseFacts, stands: str) -> set[str]:
    for kind, way, opened, closed in _lines(CASES):
        if (kind, way) == (who.kind, stands):
            shown = case.shares.get(who.agency, SECTIONS) if stands == "on it" else SECTIONS
            may = _words(closed if case.closed else opened)
            return {verb for verb in may if verb not in NEEDS or NEEDS[verb] in shown}
    return set()


def on_concern(who: Person, concern: ArrivalFacts) -> set[str]:
    if not who.works or who.name in concern.stopped:
        return set()
    decided = concern.stage not in {"received", "reviewing", "contacted"}
    for kind, before, after in _lines(CONCERNS):
        if kind == who.kind:
            pairs = [word.partition(":") for word in _words(after if decided else before)]
            return {verb for verb, _, stage in pairs if not stage or stage == concern.stage}
    return set()


def on_referral(who: Person, referral: ArrivalFacts) -> set[str]:
    if not who.works or who.name in referral.stopped:
        return set()
    for kind, stands, always, said in _lines(REFERRALS):
        tied = referral.school == who.agency if stands == "own school" else referral.sent
        if kind == who.kind and tied:
            by_stage = dict(part.strip().split(": ") for part in said.split("·") if part)
            return _words(f"{always} {by_stage.get(referral.stage, '')}")
    return set()


def on_note(who: Person, note: NoteFacts, case: CaseFacts) -> set[str]:
    if not reads_story(who, case, old=note.old):
        return set()
    if (
        standing(who, case) == "glass"
    ):  # an emergency shows what chosen people read; an organisation's own stays its own
        return {"view"} if note.level != "agency" else set()
    fits = {
        "case": True,
        "agency": who.agency == PERSONS[note.writer].agency,
        "named": who.name == note.writer or who.name in note.readers,
    }
    return {"view"} if fits[note.level] else set()


def reads_story(who: Person, case: CaseFacts, *, old: bool) -> bool:
    """Whether she reads what is on the timeline; `old`: what happened before she was let in "from now on"."""
    if "view_story" not in on_case(who, case):
        return False
    return not (old and standing(who, case) == "on it" and "from" in case.shares.get(who.agency, ()))


def on_county(who: Person) -> set[str]:
    """What she may do that is not about one thing."""
    found = {verb for kinds, verbs in _lines(COUNTY) for verb in verbs.split() if who.kind in _kinds(kinds)}
    return found if who.works else set()


def _kinds(text: str) -> set[str]:
    return {kind for kind in {person.kind for person in PERSONS.values()} if kind == text or f" {kind} " in f" {text} "}


def oversees(who: Person) -> bool:
    """Reads who looked at what, and what somebody should look into: never a word of what was written."""
    return who.works and who.kind in OVERSIGHT


def looks_after(who: Person, agency: str) -> bool:
    """Looks after who has access there: a manager everywhere, a head at her own school."""
    return who.works and (who.kind == "manager" or (who.kind == "head" and who.agency == agency))


def opens_in_an_emergency(who: Person, case: CaseFacts) -> bool:
    """Who reads all of it already has nothing to open."""
    may = on_case(who, case)
    return "break_glass" in may and not {"view_story", "view_attendance", "view_people", "view_told"} <= may


def begins(who: Person, noun: str, verb: str) -> bool:
    return who.works and who.kind in BEGINS[noun, verb]
