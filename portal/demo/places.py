"""The agencies of the demonstration county, and who works there. Every name, number and address is invented."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.hashers import make_password

from portal.accounts import membership
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import AgencyKind, Role


@dataclass(frozen=True)
class School:
    """`years`: the youngest and the oldest year group that the county's children are in there."""

    slug: str
    name: str
    phase: str
    town: str
    years: tuple[int, int]
    in_trust: bool = False


SCHOOLS = (
    School("hillside", "Hillside High School", "secondary", "Netherbridge", (7, 10), in_trust=True),
    School("riverside", "Riverside Primary School", "primary", "Netherbridge", (2, 6)),
    School("larkfield-infant", "Larkfield Infant School", "infant", "Ashcombe Cross", (2, 2)),
    School("larkfield-junior", "Larkfield Junior School", "junior", "Ashcombe Cross", (3, 6)),
    School("foxglove", "Foxglove Primary Academy", "primary", "Netherbridge", (2, 6), in_trust=True),
    School("tannersgate", "Tanners Gate Academy", "secondary", "Ashcombe Cross", (7, 10), in_trust=True),
    School("withybrook", "Withybrook Church of England Primary School", "primary", "Withybrook", (2, 6)),
    School("millrace", "Millrace Primary School", "primary", "Penmarket", (2, 6)),
    School("beaconfold", "Beaconfold Primary School", "primary", "Upper Beacon", (2, 6)),
    School("harrowdene", "Harrowdene High School", "secondary", "Penmarket", (7, 10)),
    School("applewood", "Applewood School", "special", "Penmarket", (3, 9)),
    School("kiln", "The Kiln Centre", "pupil_referral", "Netherbridge", (8, 10)),
)
FIRST_URN = 990_001  # no school has a number this high
TRUST = "threeoaks"

# (kind, slug, name, town); the council's own agencies share one address, council.example.org.
AGENCIES = (
    (AgencyKind.TRUST, TRUST, "Three Oaks Learning Trust", "Netherbridge"),
    (AgencyKind.LA_ATTENDANCE, "attendance", "Attendance team", ""),
    (AgencyKind.LA_SEN, "sen", "SEN service", ""),
    (AgencyKind.LA_EARLY_HELP, "early-help", "Early Help", ""),
    (AgencyKind.AP_PROVIDER, "orchard", "Orchard Alternative Provision", "Penmarket"),
    (AgencyKind.HEALTH, "health", "School nursing and CAMHS", "Netherbridge"),
    (AgencyKind.COUNCIL, "council", "Web and information governance", ""),
)


@dataclass(frozen=True)
class Person:
    """`try_this`: for the list of sign-ins; empty for people who are only there."""

    email: str
    name: str
    agency: str
    role: str
    try_this: str = ""


PEOPLE = (
    Person(
        "lead@hillside.example.org",
        "Ceri Bowen",
        "hillside",
        Role.SCHOOL_STAFF,
        "finish a draft, answer what came back, paste marks on a case",
    ),
    Person(
        "senco@hillside.example.org",
        "Amina Shah",
        "hillside",
        Role.SENCO,
        "continue a colleague’s draft, write a note for your own school",
    ),
    Person(
        "head@hillside.example.org",
        "Martin Croft",
        "hillside",
        Role.HEAD,
        "see what the school has sent, and look after who has access there",
    ),
    Person(
        "dsl@hillside.example.org",
        "Rhian Pryce",
        "hillside",
        Role.DSL,
        "protect an address or a contact at once; it ends only by two people",
    ),
    Person(
        "lead@riverside.example.org",
        "Jo Penrose",
        "riverside",
        Role.SCHOOL_STAFF,
        "another school: none of Hillside’s drafts exist for you",
    ),
    Person(
        "duty@council.example.org",
        "Harriet Dale",
        "attendance",
        Role.LA_DUTY,
        "the queue: accept, return or decline, the riskiest first",
    ),
    Person(
        "officer@council.example.org",
        "Sam Okafor",
        "attendance",
        Role.LA_OFFICER,
        "lead a case, make a first contact, invite an agency, close",
    ),
    Person("officer2@council.example.org", "Delyth Rees", "attendance", Role.LA_OFFICER),
    Person("officer3@council.example.org", "Imran Aziz", "attendance", Role.LA_OFFICER),
    Person(
        "manager@council.example.org",
        "Ruth Ellery",
        "attendance",
        Role.LA_MANAGER,
        "change who leads, look after everybody’s access, read the activity log",
    ),
    Person(
        "sen@council.example.org",
        "Kate Morrow",
        "sen",
        Role.SEN_CASEWORKER,
        "join the case you are asked to, read a note meant for you",
    ),
    Person("sen2@council.example.org", "Peter Lund", "sen", Role.SEN_CASEWORKER),
    Person(
        "earlyhelp@council.example.org",
        "Shanice Grant",
        "early-help",
        Role.EH_PRACTITIONER,
        "join, write a note that only Early Help can read",
    ),
    Person("earlyhelp2@council.example.org", "Dafydd Moss", "early-help", Role.EH_PRACTITIONER),
    Person(
        "provider@orchard.example.org",
        "Bex Tolley",
        "orchard",
        Role.AP_PROVIDER,
        "join, add marks, see what is not shared with you",
    ),
    Person("partner@health.example.org", "Nirmala Iyer", "health", Role.PARTNER, "a partner agency’s view of a case"),
    Person(
        "trust.lead@threeoaks.example.org",
        "Graham Fell",
        TRUST,
        Role.TRUST_LEAD,
        "read the cases of the trust’s three schools",
    ),
    Person(
        "editor@council.example.org",
        "Polly Marsh",
        "council",
        Role.EDITOR,
        "edit the public pages at /cms/; no casework opens",
    ),
    Person(
        "dpo@council.example.org",
        "Adrian Keys",
        "council",
        Role.DPO,
        "who did what, and who may: never what was written",
    ),
)

_STAFF = (
    *("Nadia Frost", "Will Garner", "Sue Attwood", "Ben Chandler", "Marta Zielinska", "Phil Denton", "Carys Howell"),
    *("Liz Makin", "Aled Vaughan", "Tess Rowley", "Omar Haddad", "Jean Pollard", "Ravi Menon", "Clare Sutton"),
    *("Mike Talbot", "Anya Petrova", "Fiona Kerr", "Greg Ashby", "Holly Baines", "Simon Weir", "Judith Crane"),
    *("Kwame Boateng", "Lorna Tate", "Ed Maddox", "Paula Quick", "Hugh Stanton", "Zoe Carver", "Terry Blount"),
    *("Gwen Aston", "Nick Harper", "Esme Rudd", "Colin Vance", "Meg Lovell", "Joel Strang"),
)
_AT_SCHOOL = (("lead", Role.SCHOOL_STAFF), ("senco", Role.SENCO), ("head", Role.HEAD))


def everybody() -> list[Person]:
    """The named people, then an attendance lead, a SENCO and a headteacher for each school that is still without."""
    found, taken = list(PEOPLE), {person.email for person in PEOPLE}
    spare = iter(_STAFF)
    for school in SCHOOLS:
        for post, role in _AT_SCHOOL:
            email = f"{post}@{school.slug}.example.org"
            if email not in taken:
                found.append(Person(email, next(spare), school.slug, role))
    return found


SIGN_INS = tuple(person for person in PEOPLE if person.try_this)


@dataclass
class County:
    """Agencies by slug, and people as actors by address."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)

    def at(self, slug: str, post: str = "lead") -> Actor:
        return self.people[f"{post}@{slug}.example.org"]

    def council(self, who: str) -> Actor:
        return self.people[f"{who}@council.example.org"]


def settle(since: datetime.date) -> County:
    """Every agency opened and everybody at work there since that day, with the one password of the demonstration."""
    county = County()
    for kind, slug, name, town in AGENCIES:
        county.agencies[slug] = membership.open_agency(kind=kind, slug=slug, name=name, town=town)
    for number, school in enumerate(SCHOOLS):
        county.agencies[school.slug] = membership.open_agency(
            kind=AgencyKind.SCHOOL,
            slug=school.slug,
            name=school.name,
            town=school.town,
            phase=school.phase,
            urn=str(FIRST_URN + number),
            trust=county.agencies[TRUST] if school.in_trust else None,
            email=f"office@{school.slug}.example.org",
        )
    password = make_password(settings.DEMO_PASSWORD)  # hashed once: hashing is slow on purpose
    for person in everybody():
        user = User.objects.create(email=person.email, name=person.name, password=password)
        held = membership.join(user, county.agencies[person.agency], person.role, since=since)
        county.people[person.email] = Actor(held)
    # A demonstration may stand for longer than a term, and its sign-ins are promised: nobody need confirm them.
    Membership.objects.update(confirmed_on=since + datetime.timedelta(days=3650))
    return county
