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


SCHOOL_ROLES = frozenset({Role.SCHOOL_STAFF, Role.SENCO, Role.HEAD})
LA_ROLES = frozenset({Role.LA_DUTY, Role.LA_OFFICER, Role.LA_MANAGER})
PARTNER_ROLES = frozenset({Role.SEN_CASEWORKER, Role.EH_PRACTITIONER, Role.AP_PROVIDER, Role.PARTNER})
CASEWORK_ROLES = SCHOOL_ROLES | LA_ROLES | PARTNER_ROLES | {Role.TRUST_LEAD}

# Kinds of agency that are asked to join a case. The attendance team is on every case; a trust comes in by its schools.
INVITED_KINDS = frozenset(AgencyKind) - {AgencyKind.LA_ATTENDANCE, AgencyKind.TRUST, AgencyKind.COUNCIL}
