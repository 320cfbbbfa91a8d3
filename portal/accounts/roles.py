"""The kinds of agency and the roles people hold in them, as literals.

Words: the practitioners' own (service design, appendix A). A role never opens anything by itself: `referrals/policy.py`
says what a role may do, and only while the membership that carries it is current.
"""

from django.db.models import TextChoices


class AgencyKind(TextChoices):
    SCHOOL = "school", "School"
    TRUST = "trust", "Academy trust"
    LA_ATTENDANCE = "la_attendance", "Attendance team"
    LA_SEN = "la_sen", "SEN service"
    LA_EARLY_HELP = "la_early_help", "Early Help"
    AP_PROVIDER = "ap_provider", "Alternative provision"
    HEALTH = "health", "Health"
    POLICE_YJS = "police_yjs", "Police and youth justice"
    VOLUNTARY = "voluntary", "Voluntary organisation"
    COUNCIL = "council", "Council"


class Role(TextChoices):
    SCHOOL_STAFF = "school_staff", "Attendance lead"
    SENCO = "senco", "SENCO"
    HEAD = "head", "Headteacher"
    DSL = "dsl", "Designated safeguarding lead"
    TRUST_LEAD = "trust_lead", "Trust attendance lead"
    LA_DUTY = "la_duty", "Duty officer"
    LA_OFFICER = "la_officer", "Attendance officer"
    LA_MANAGER = "la_manager", "Attendance team manager"
    SEN_CASEWORKER = "sen_caseworker", "SEN caseworker"
    EH_PRACTITIONER = "eh_practitioner", "Early Help practitioner"
    AP_PROVIDER = "ap_provider", "Alternative provision worker"
    PARTNER = "partner", "Partner worker"
    EDITOR = "editor", "Content editor"
    DPO = "dpo", "Data protection officer"


SCHOOL_ROLES = frozenset({Role.SCHOOL_STAFF, Role.SENCO, Role.HEAD, Role.DSL})
LA_ROLES = frozenset({Role.LA_DUTY, Role.LA_OFFICER, Role.LA_MANAGER})
PARTNER_ROLES = frozenset({Role.SEN_CASEWORKER, Role.EH_PRACTITIONER, Role.AP_PROVIDER, Role.PARTNER})
CASEWORK_ROLES = SCHOOL_ROLES | LA_ROLES | PARTNER_ROLES | {Role.TRUST_LEAD}

# Kinds of agency that are asked to join a case. The attendance team is on every case; a trust comes in by its schools.
INVITED_KINDS = frozenset(AgencyKind) - {AgencyKind.LA_ATTENDANCE, AgencyKind.TRUST, AgencyKind.COUNCIL}

# The roles somebody can be given at an agency of each kind. A role that reaches beyond its agency (a data protection
# officer, a manager) can be held only where the council itself gives it.
ROLES_AT: dict[str, tuple[Role, ...]] = {
    AgencyKind.SCHOOL: (Role.SCHOOL_STAFF, Role.SENCO, Role.HEAD, Role.DSL),
    AgencyKind.TRUST: (Role.TRUST_LEAD,),
    AgencyKind.LA_ATTENDANCE: (Role.LA_DUTY, Role.LA_OFFICER, Role.LA_MANAGER),
    AgencyKind.LA_SEN: (Role.SEN_CASEWORKER,),
    AgencyKind.LA_EARLY_HELP: (Role.EH_PRACTITIONER,),
    AgencyKind.AP_PROVIDER: (Role.AP_PROVIDER,),
    AgencyKind.HEALTH: (Role.PARTNER,),
    AgencyKind.POLICE_YJS: (Role.PARTNER,),
    AgencyKind.VOLUNTARY: (Role.PARTNER,),
    AgencyKind.COUNCIL: (Role.EDITOR, Role.DPO),
}
# What each role is, for whoever gives it: a sentence somebody who has never seen the service understands.
ROLE_MEANS: dict[str, str] = {
    Role.SCHOOL_STAFF: "Makes and sends referrals, adds marks and notes to the school’s cases",
    Role.SENCO: "The same as an attendance lead, without adding marks",
    Role.HEAD: "Sees what the school sent, and looks after who at the school has access",
    Role.DSL: "Sees the school’s cases, and can protect an address or a contact at once",
    Role.TRUST_LEAD: "Reads the cases of the trust’s schools",
    Role.LA_DUTY: "Decides about concerns and referrals, and chooses who leads",
    Role.LA_OFFICER: "Leads cases, invites agencies, closes",
    Role.LA_MANAGER: "Everything the team can do, and who has access everywhere",
    Role.SEN_CASEWORKER: "Takes part in the cases the SEN service is invited to",
    Role.EH_PRACTITIONER: "Takes part in the cases Early Help is invited to",
    Role.AP_PROVIDER: "Takes part in the cases the provider is invited to, and adds marks",
    Role.PARTNER: "Takes part in the cases the organisation is invited to",
    Role.EDITOR: "Edits the public site; no casework opens",
    Role.DPO: "Sees who did what and who looked, never what was written",
}
