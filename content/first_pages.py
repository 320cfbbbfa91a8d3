"""The first pages of the public site, as words.

Ours, written for a reading age of 9 to 11; the facts are those of the statutory guidance on attendance. No page types a
figure: amounts, periods and thresholds are legal facts, from FACTS below. `{county}` is the county's name.
`[[key|words]]` links to the page of that key. Loaded by content/pages.py.
"""

from __future__ import annotations

import datetime
from typing import Any

from portal.register.rules import ServiceRules

FRAMEWORK = datetime.date(2024, 8, 19)  # the day the national framework for penalty notices came into force
READ_ON = datetime.date(2026, 11, 20)  # the day these values were last compared with their sources

LAW = "Education (Penalty Notices) (England) Regulations 2007, as amended in 2024"
GUIDANCE = "Working together to improve school attendance, Department for Education"


def facts(rules: ServiceRules) -> list[dict[str, Any]]:
    """Every figure the pages quote, taken from the service rules. `effective_from` is FRAMEWORK for all."""
    local = "The council’s own graduated approach"
    missed, weeks = rules.pn_threshold_sessions, rules.pn_window_school_weeks
    tier_weeks = f"over {rules.tier_window_school_weeks} school weeks"
    rows = [
        ("penalty-threshold", "When a school must think about a fine",
         f"{missed} half days missed without permission in {weeks} school weeks", LAW),
        ("penalty-first", "First fine, for each parent and each child", f"£{rules.pn_first_amount}", LAW),
        ("penalty-first-early", "First fine, if it is paid early",
         f"£{rules.pn_first_reduced_amount}, if paid within {rules.pn_first_if_within_days} days", LAW),
        ("penalty-second", "Second fine for the same child",
         f"£{rules.pn_second_amount}, with no lower rate", LAW),
        ("penalty-pay-by", "Longest time to pay", f"{rules.pn_pay_within_days} days", LAW),
        ("penalty-limit", "Most fines for each parent and each child",
         f"{rules.pn_max_notices} in {rules.pn_max_in_years} years", LAW),
        ("notice-to-improve", "Time to improve after a notice to improve",
         f"{rules.notice_to_improve_weeks} school weeks", local),
        ("tier-universal", f"{rules.tier_universal_label} support",
         f"{rules.tier_universal_min_pct}% attendance or more, {tier_weeks}", local),
        ("tier-universal-plus", f"{rules.tier_universal_plus_label} support",
         f"Below {rules.tier_universal_plus_below_pct}% attendance, {tier_weeks}", local),
        ("persistent-absence", "“Persistent absence” means",
         f"missing {rules.persistent_absence_min_pct}% of school or more", GUIDANCE),
        ("severe-absence", "“Severe absence” means",
         f"missing {100 - rules.severe_max_pct}% of school or more", GUIDANCE),
        ("illness-days", "When other teaching must be looked at",
         f"{rules.medical_absence_prompt_days} school days ill or more, in a row or added up",
         "Education Act 1996, section 19, and the statutory guidance on health needs"),
        ("first-contact", "After you tell us, we get in touch within",
         f"{rules.concern_first_contact_target_school_days} school days", "Our own promise"),
    ]  # fmt: skip
    names = ("key", "label", "value", "source")
    return [dict(zip(names, row, strict=True), effective_from=FRAMEWORK, checked_on=READ_ON) for row in rows]


# Invented, and labelled so on every page: the numbers are the ones Ofcom keeps for drama, the domain belongs to nobody.
CONTACT_POINTS: list[dict[str, Any]] = [
    {"key": "attendance-team", "name": "Attendance team",
     "purpose": "Help with school attendance, letters and what happens next.",
     "phone": "01632 960 101", "email": "attendance@council.example.org", "hours": "Monday to Friday, 9am to 5pm"},
    {"key": "safeguarding", "name": "Children’s safeguarding, in the day",
     "purpose": "You think a child may be being hurt, or is not safe.",
     "phone": "01632 960 102", "email": "", "hours": "Monday to Friday, 9am to 5pm"},
    {"key": "safeguarding-out-of-hours", "name": "Children’s safeguarding, nights and weekends",
     "purpose": "You think a child may not be safe, and it cannot wait until the morning.",
     "phone": "01632 960 103", "email": "", "hours": "5pm to 9am, weekends and bank holidays"},
    {"key": "send-advice", "name": "SEND advice service",
     "purpose": "Free advice about special educational needs. The service does not take the council’s side.",
     "phone": "01632 960 104", "email": "send-advice@example.org", "hours": "Monday to Thursday, 9am to 4pm"},
    {"key": "interpreters", "name": "Interpreters, BSL and text",
     "purpose": "Speak to us in your language, in British Sign Language or by text.",
     "phone": "07700 900 105", "email": "interpreters@council.example.org", "hours": "Monday to Friday, 9am to 5pm",
     "text": "Text us the word HELP and the name of your language."},
    {"key": "complaints", "name": "Complaints and thanks",
     "purpose": "Something went wrong, or somebody did well.",
     "phone": "01632 960 106", "email": "feedback@council.example.org", "hours": "Monday to Friday, 9am to 5pm"},
]  # fmt: skip

HOME: dict[str, Any] = {
    "type": "HomePage",
    "slug": "attendance",
    "title": "Help with school attendance in {county}",
    "menu_title": "Home",
    "lead": (
        "Is school hard for your child? Start here. Find out what to do today, understand a letter, or tell us "
        "what is going on."
    ),
    "search_description": (
        "Help for families in {county} when a child finds school hard, is missing school, or has had a letter."
    ),
    "latest_title": "You can tell us about a concern online",
    "latest_text": (
        "You do not have to wait for the school. There is no account to make, and you choose how we contact you."
    ),
    "latest_page": "contact",
    "tiles": [
        {
            "icon": "heart",
            "title": "My child is finding school hard",
            "text": "What to do today, and this week",
            "page": "wont-go",
        },
        {
            "icon": "sun",
            "title": "Illness or health needs",
            "text": "Off sick, or living with a condition",
            "page": "illness",
        },
        {
            "icon": "people",
            "title": "SEND and attendance",
            "text": "When a need is not being met",
            "page": "send",
        },
        {
            "icon": "letter",
            "title": "I have had a letter",
            "text": "What it means and what to do",
            "page": "letters",
        },
        {
            "icon": "chart",
            "title": "Attendance has dropped",
            "text": "Who helps, step by step",
            "page": "steps",
        },
    ],
}

SECTIONS: list[dict[str, Any]] = [
    {
        "type": "SectionPage",
        "key": "help",
        "slug": "help",
        "title": "Help now",
        "lead": "Choose what is closest to how things are. Each page starts with what you can do today.",
        "search_description": "What to do today when a child finds it hard to go to school.",
        "show_in_menus": True,
    },
    {
        "type": "SectionPage",
        "key": "rules",
        "slug": "rules-and-letters",
        "title": "Rules and letters",
        "lead": "What schools and the council must do, what letters mean, and what happens next.",
        "search_description": "How help with attendance works, and what letters about attendance mean.",
        "show_in_menus": True,
    },
]

WONT_GO: dict[str, Any] = {
    "type": "TopicPage",
    "key": "wont-go",
    "parent": "help",
    "slug": "child-wont-go-to-school",
    "title": "What to do if my child won’t go to school",
    "menu_title": "Child won’t go to school",
    "lead": (
        "Stay calm, call the school, and ask for help. You do not have to fix it all today, and you are not on "
        "your own."
    ),
    "search_description": (
        "Six things to do today if your child finds it too hard to go to school, and what to ask for this week."
    ),
    "body": [
        (
            "do_now",
            {
                "heading": "Do this today",
                "steps": [
                    {
                        "title": "Let the battle stop.",
                        "text": (
                            "Make sure everybody is safe and calm. A child who is scared or upset cannot think "
                            "clearly. Nor can a tired parent."
                        ),
                    },
                    {
                        "title": "Call the school.",
                        "text": (
                            "Call before the day starts if you can. You could say: “My child is finding it too "
                            "hard to come in today. I would like some help.”"
                        ),
                    },
                    {
                        "title": "Ask for one person.",
                        "text": "Ask for the name of one person who will help you, and when they will call.",
                    },
                    {
                        "title": "Try one small step.",
                        "text": (
                            "Get dressed. Walk to the gate. Go in for one lesson. Speak to a teacher by phone. "
                            "Small steps count."
                        ),
                    },
                    {
                        "title": "Write two lines.",
                        "text": (
                            "What your child said, and who you spoke to. It helps later, and you will not have "
                            "to remember it all."
                        ),
                    },
                    {
                        "title": "Make tonight easy.",
                        "text": (
                            "Eat, rest, and go to bed on time. Plan the morning together and let your child "
                            "choose one thing."
                        ),
                    },
                ],
            },
        ),
        (
            "inset",
            {
                "text": (
                    "<p>Asking for help does not get you into trouble. Schools and councils are expected to "
                    "listen, understand and help first.</p>"
                ),
            },
        ),
        (
            "rich_text",
            (
                "<h2>Find out what is hard</h2><p>Many children cannot say what is wrong. It can help to ask "
                "about one part of the day at a time, somewhere quiet, like in the car or on a walk.</p>"
                "<ul><li>Getting up and leaving home</li><li>The bus, the gate or the corridors</li>"
                "<li>One lesson or one teacher</li><li>Break, lunch and the toilets</li>"
                "<li>Friends, or being bullied</li><li>Worry about somebody at home</li>"
                "</ul><p>Thank your child for telling you. You do not need to have an answer straight away.</p>"
                "<h2>This week</h2><p>Ask the school for a meeting. Your child can come, or can send their own "
                "words or a drawing. You can bring somebody with you.</p>"
                "<p>A good plan says:</p><ul><li>what makes school hard, in your child’s own words</li>"
                "<li>what the school will change, and who will do it</li>"
                "<li>the first small step, and the next one</li>"
                "<li>who your child can go to on a bad day</li>"
                "<li>the date when you will all look at it again</li>"
                "</ul>"
            ),
        ),
        (
            "details",
            {
                "summary": "My child has tummy aches or headaches",
                "text": (
                    "<p>Worry can cause real pain. Talk to your GP if it goes on, and tell the school. There "
                    "is more on [[illness|illness and health needs]].</p>"
                ),
            },
        ),
        (
            "details",
            {
                "summary": "I think my child has special needs",
                "text": (
                    "<p>Ask to speak to the SENCO, the teacher who leads on special educational needs. Read "
                    "[[send|SEND and attendance]] to see what you can ask for.</p>"
                ),
            },
        ),
        (
            "details",
            {
                "summary": "My child is being bullied",
                "text": (
                    "<p>Write down what happened, where and when, and who saw it. Give it to the school and "
                    "ask what they will do, and by when. If nothing changes, tell us.</p>"
                ),
            },
        ),
        (
            "details",
            {
                "summary": "I am worried about a fine",
                "text": (
                    "<p>When a child finds school hard, help should come before any fine. Keep talking to the "
                    "school, and keep a note of when you asked for help. See [[letters|what letters about "
                    "attendance mean]].</p>"
                ),
            },
        ),
        (
            "safety_note",
            {
                "text": (
                    "<p>If your child talks about hurting themselves, or if you are afraid of somebody, get "
                    "help now. It matters more than school today.</p>"
                ),
            },
        ),
        (
            "rich_text",
            (
                "<h2>Who can help</h2><ul><li><b>At school:</b> the class teacher or tutor, the pastoral team, "
                "or the SENCO</li><li><b>Your GP or school nurse:</b> for health, sleep and worry</li>"
                "<li><b>Early Help:</b> when life at home is hard too</li>"
                "<li><b>The attendance team:</b> when you feel stuck, or nobody has called you back</li>"
                "</ul>"
            ),
        ),
        (
            "contact_point",
            {
                "point": "attendance-team",
            },
        ),
    ],
}

ILLNESS: dict[str, Any] = {
    "type": "TopicPage",
    "key": "illness",
    "parent": "help",
    "slug": "illness-and-health-needs",
    "title": "My child is ill or has a health need",
    "menu_title": "Illness and health needs",
    "lead": (
        "Tell the school on the first day. If illness goes on, the school and the council must plan how your "
        "child can keep learning."
    ),
    "search_description": (
        "What to do about school when your child is ill, has a health condition or is struggling with their "
        "mental health."
    ),
    "body": [
        (
            "key_facts",
            {
                "heading": "The short version",
                "facts": [
                    (
                        "Call the school on the first day your child is ill. Say what is wrong and when you "
                        "think they will be back."
                    ),
                    (
                        "Schools must support pupils who have a medical condition. You can ask for a written "
                        "healthcare plan."
                    ),
                    "Mental health counts. A child can be too unwell for school because of how they feel.",
                    "If your child is away for a long time, the council may have to arrange other teaching.",
                ],
            },
        ),
        (
            "rich_text",
            (
                "<h2>A condition that stays</h2><p>Ask the school for a meeting about a healthcare plan. It "
                "says what your child needs in the day, who helps, what to do in an emergency, and how your "
                "child catches up.</p><h2>When your child is away for longer</h2>"
                "<p>The council must arrange suitable education when illness keeps a child out of school. You "
                "do not have to wait for a consultant’s letter: the council has to decide with what is already "
                "known.</p>"
            ),
        ),
        (
            "legal_fact",
            {
                "fact": "illness-days",
                "note": "It should be as full as your child’s health allows. Your child stays on the school’s roll.",
            },
        ),
        (
            "rich_text",
            (
                "<h2>Going back</h2><p>Going back is planned with you and your child. It can start small. Ask "
                "who your child can go to, and where they can rest.</p>"
                "<h2>Who can help</h2><p>The school office or SENCO, your GP or school nurse, and the "
                "attendance team. If your child also has special needs, read [[send|SEND and attendance]].</p>"
            ),
        ),
        (
            "contact_point",
            {
                "point": "attendance-team",
            },
        ),
    ],
}

SEND: dict[str, Any] = {
    "type": "TopicPage",
    "key": "send",
    "parent": "help",
    "slug": "send-and-attendance",
    "title": "SEND and attendance",
    "lead": (
        "SEND means special educational needs and disabilities. When a child with SEND misses school, the "
        "first question is: what need is not being met?"
    ),
    "search_description": "What to ask for when special educational needs or a disability make school hard.",
    "body": [
        (
            "key_facts",
            {
                "heading": "The short version",
                "facts": [
                    "A need that is not met is something to fix. It is nobody’s fault.",
                    ("The person to ask for is the SENCO: the teacher who leads on special needs in the school."),
                    ("Schools must make fair changes for disabled pupils. The law calls them reasonable adjustments."),
                    "If your child has an EHC plan and it is not working, you can ask for an early review.",
                ],
            },
        ),
        (
            "rich_text",
            (
                "<h2>What to ask the school</h2><ul><li>What does my child find hardest in the day?</li>"
                "<li>What could change this week? A quiet way in, a place to calm down, more time, different "
                "clothes?</li><li>Is my child getting SEN support? May I see the plan?</li>"
                "<li>Who has asked my child?</li><li>When do we look at it again?</li>"
                "</ul><h2>How SEN support works</h2><p>SEN support goes round in four steps. You are part of "
                "each one.</p>"
            ),
        ),
        (
            "steps",
            {
                "steps": [
                    {
                        "title": "Look",
                        "text": "<p>What does your child need, and what gets in the way?</p>",
                    },
                    {
                        "title": "Plan",
                        "text": "<p>What will change, who does it, and what should get better?</p>",
                    },
                    {
                        "title": "Do",
                        "text": "<p>The school does what the plan says.</p>",
                    },
                    {
                        "title": "Check",
                        "text": "<p>Did it help? If not, the plan changes, or other people are asked to help.</p>",
                    },
                ],
            },
        ),
        (
            "details",
            {
                "summary": "My child has an EHC plan",
                "text": (
                    "<p>An education, health and care plan (EHC plan) is looked at every year. If your child "
                    "cannot go to school as it is, ask the council’s SEN service for an early review. Say what "
                    "is not working and what would help.</p>"
                ),
            },
        ),
        (
            "details",
            {
                "summary": "The school wants a part-time timetable",
                "text": (
                    "<p>It needs your agreement. It should be for a short time, with a clear aim, dates to "
                    "look at it again and an end date. It must be in your child’s interest, and never a way to "
                    "manage behaviour.</p>"
                ),
            },
        ),
        (
            "details",
            {
                "summary": "My child is too anxious to go in",
                "text": (
                    "<p>Start with [[wont-go|what to do if my child won’t go to school]]. Tell the school that "
                    "feelings are the barrier, and ask for small steps that your child helps to choose.</p>"
                ),
            },
        ),
        (
            "rich_text",
            (
                "<h2>What the attendance team does</h2><p>We work with the school’s SENCO and pastoral staff, "
                "the council’s SEN service and others. We look for what is in the way and who can move it. "
                "Children with SEND often need a plan of their own, and that is what we look for.</p>"
                "<h2>If somebody mentions a fine</h2><p>Before a fine, the school and the council must ask "
                "whether support would work better, and whether fair changes have been made for a disabled "
                "child. Tell them if they have not. See [[letters|letters about attendance]].</p>"
                "<h2>Who can help</h2>"
            ),
        ),
        (
            "contact_point",
            {
                "point": "send-advice",
            },
        ),
        (
            "contact_point",
            {
                "point": "attendance-team",
            },
        ),
    ],
}

STEPS: dict[str, Any] = {
    "type": "StepByStepPage",
    "key": "steps",
    "parent": "rules",
    "slug": "step-by-step",
    "title": "How school and the council help, step by step",
    "menu_title": "Help, step by step",
    "lead": (
        "Help comes first, and gets stronger if it is needed. Steps can be skipped or done again. What counts "
        "is what your child needs."
    ),
    "search_description": (
        "Who helps when attendance drops: from a first call, to a plan, to more people helping, and what comes last."
    ),
    "steps": [
        {
            "title": "The school gets in touch",
            "who": "School",
            "text": (
                "<p>If your child is away and the school does not know why, it calls you the same day. You can "
                "call first. Early on this means a call, a letter or a chat: nothing formal.</p>"
            ),
            "facts": [
                {
                    "fact": "tier-universal",
                },
            ],
        },
        {
            "title": "You talk about what is in the way",
            "who": "You, your child and the school",
            "text": (
                "<p>It might be worry, health, special needs, friends, the journey, or things at home. Your "
                "child’s view matters as much as the numbers.</p>"
            ),
        },
        {
            "title": "You agree a plan",
            "who": "You, your child and the school",
            "text": "<p>The plan says who does what, and by when. It has a date to look at it again.</p>",
        },
        {
            "title": "More people help",
            "who": "School, Early Help and other services",
            "text": (
                "<p>If things do not get better, the school brings in others: Early Help, health, the SEN "
                "service. There should be one plan and one person who leads it, so you do not have to tell "
                "your story again and again.</p>"
            ),
            "facts": [
                {
                    "fact": "tier-universal-plus",
                },
            ],
        },
        {
            "joined": "and",
            "title": "The attendance team can join in",
            "who": "School, or you",
            "text": "<p>Usually the school asks us. You can also tell us yourself.</p>",
        },
        {
            "title": "School and council make a joint plan",
            "who": "School and attendance team",
            "text": (
                "<p>A child who misses half of school or more must have a plan that the school and the council "
                "make together. They meet to check on it.</p>"
            ),
            "facts": [
                {
                    "fact": "severe-absence",
                },
            ],
        },
        {
            "joined": "or",
            "title": "You sign an attendance contract",
            "who": "You, with the school or the council",
            "text": (
                "<p>This is a written agreement: what you will do, and what help you will get. It is your "
                "choice. It is not a punishment.</p>"
            ),
        },
        {
            "title": "Formal steps, if help has not worked",
            "who": "School and council",
            "text": (
                "<p>If support was offered and has not worked, the law may be used. First there is often a "
                "notice to improve: a last chance, with help. After that it can be a fine, or court. Help does "
                "not stop when formal steps start.</p><p>One thing is different: for a holiday in term time "
                "without permission, a fine can come without these steps.</p>"
            ),
            "facts": [
                {
                    "fact": "penalty-threshold",
                },
                {
                    "fact": "notice-to-improve",
                },
            ],
        },
    ],
    "body": [
        (
            "rich_text",
            (
                "<h2>What you can ask for at any step</h2><ul><li>The name of one person to call</li>"
                "<li>A meeting at a time you can make</li><li>An interpreter, or somebody to come with you</li>"
                "<li>Your child’s attendance in days, and not only as a percentage</li>"
                "<li>What was agreed, in writing</li></ul><p>If you have had a letter, see [[letters|letters "
                "about attendance]].</p><h2>Who can help</h2>"
            ),
        ),
        (
            "contact_point",
            {
                "point": "attendance-team",
            },
        ),
    ],
}

LETTERS: dict[str, Any] = {
    "type": "TopicPage",
    "key": "letters",
    "parent": "rules",
    "slug": "letters-about-attendance",
    "title": "Letters about attendance",
    "lead": (
        "A letter is a reason to talk. Find the one you have, see what it means, and do the next thing. Most "
        "letters are an offer of help."
    ),
    "search_description": "What each letter about attendance means, what to do next, and what fines are.",
    "body": [
        (
            "do_now",
            {
                "heading": "Whatever the letter says",
                "steps": [
                    {
                        "title": "Look for a date.",
                        "text": "If it asks for something by a day, write that day down.",
                    },
                    {
                        "title": "Call the person named on it.",
                        "text": "Say what has been going on. Ask what help there is.",
                    },
                    {
                        "title": "Say if it is wrong.",
                        "text": "Days can be marked wrongly. Ask the school to check.",
                    },
                    {
                        "title": "Keep the letter.",
                        "text": "Keep it with your notes of who you spoke to and when.",
                    },
                ],
            },
        ),
        (
            "rich_text",
            "<h2>Which letter is it?</h2>",
        ),
        (
            "table",
            {
                "table": {
                    "table_caption": "Letters about attendance, and what to do",
                    "first_row_is_table_header": True,
                    "first_col_is_header": True,
                    "table_header_choice": "both",
                    "data": [
                        [
                            "Letter",
                            "What it means",
                            "What to do",
                        ],
                        [
                            "We are worried about attendance",
                            "Your child has missed more school than expected. The school wants to help.",
                            "Call the school. Say what is hard.",
                        ],
                        [
                            "Please come to a meeting",
                            "The school wants to make a plan with you.",
                            "Say yes, or ask for another time. You can bring somebody.",
                        ],
                        [
                            "Attendance contract",
                            "A written agreement about help. You can say no.",
                            "Read it. Ask for changes. Sign it only if it is fair.",
                        ],
                        [
                            "Notice to improve",
                            "A last chance before a fine. It must say what help there is.",
                            "Call straight away. Take the help, or say why it does not fit.",
                        ],
                        [
                            "Penalty notice",
                            "A fine. Each parent may get one for each child.",
                            "Read the part about fines below. Act before the date on it.",
                        ],
                        [
                            "Letter about court",
                            "The council is thinking about court, or has started.",
                            "Get advice now. Go to any meeting you are asked to.",
                        ],
                    ],
                },
            },
        ),
        (
            "rich_text",
            (
                "<h2>If it is a fine</h2><p>A fine is called a penalty notice. When a child needs support, the "
                "school must first ask whether help would work better. Reaching the limit below does not mean "
                "that a fine must follow.</p>"
            ),
        ),
        (
            "legal_fact",
            {
                "fact": "penalty-threshold",
            },
        ),
        (
            "legal_fact",
            {
                "fact": "penalty-first",
            },
        ),
        (
            "legal_fact",
            {
                "fact": "penalty-first-early",
                "note": "The days are counted from when you get the notice.",
            },
        ),
        (
            "legal_fact",
            {
                "fact": "penalty-second",
            },
        ),
        (
            "legal_fact",
            {
                "fact": "penalty-pay-by",
            },
        ),
        (
            "legal_fact",
            {
                "fact": "penalty-limit",
                "note": "After that the council has to use another way, and that is often court.",
            },
        ),
        (
            "warning",
            {
                "text": (
                    "If a fine is not paid in time, the council must go to court about the absence or take the "
                    "fine back."
                ),
            },
        ),
        (
            "details",
            {
                "summary": "I think the fine is wrong",
                "text": (
                    "<p>There is no formal appeal. Write to the council at once and say why. A fine is taken "
                    "back if it went to the wrong person, had a serious mistake in it, or should not have been "
                    "sent.</p>"
                ),
            },
        ),
        (
            "details",
            {
                "summary": "I cannot pay",
                "text": "<p>Call the number on the notice before the last day to pay. Waiting makes it worse.</p>",
            },
        ),
        (
            "details",
            {
                "summary": "I cannot read the letter",
                "text": (
                    "<p>Ask us to read it to you or to explain it in your language. See [[contact|how to "
                    "contact us]].</p>"
                ),
            },
        ),
        (
            "rich_text",
            (
                "<h2>What the numbers mean</h2><p>A “session” is half a school day. One day away is two "
                "sessions. Ask the school to tell you the days: they are easier to picture than a "
                "percentage.</p>"
            ),
        ),
        (
            "legal_fact",
            {
                "fact": "persistent-absence",
                "note": "It counts time away for any reason, illness too.",
            },
        ),
        (
            "legal_fact",
            {
                "fact": "severe-absence",
            },
        ),
        (
            "rich_text",
            (
                "<h2>Who can help</h2><p>The person named on the letter, or us. To see what comes before and "
                "after a letter, read [[steps|how school and the council help, step by step]].</p>"
            ),
        ),
        (
            "contact_point",
            {
                "point": "attendance-team",
            },
        ),
    ],
}

CONTACT: dict[str, Any] = {
    "type": "ContactPage",
    "key": "contact",
    "slug": "contact",
    "title": "About the team and how to contact us",
    "menu_title": "Contact",
    "show_in_menus": True,
    "lead": (
        "We work with schools, families and other services, so that every child in {county} can go to school "
        "and learn. Here is how to reach a person."
    ),
    "search_description": "Phone numbers and email addresses of the {county} attendance team and others who can help.",
    "needs": [
        {
            "heading": "You need help with attendance",
            "text": "School is hard for your child, attendance has dropped, or you have had a letter.",
            "points": [
                "attendance-team",
            ],
        },
        {
            "heading": "You are worried that a child is not safe",
            "text": "If somebody is in danger now, call 999.",
            "points": [
                "safeguarding",
                "safeguarding-out-of-hours",
            ],
        },
        {
            "heading": "You want independent advice about SEND",
            "points": [
                "send-advice",
            ],
        },
        {
            "heading": "You want to talk in another language, or by text",
            "points": [
                "interpreters",
            ],
        },
        {
            "heading": "Something went wrong, or went well",
            "points": [
                "complaints",
            ],
        },
    ],
    "body": [
        (
            "rich_text",
            (
                "<h2>What we do</h2><ul><li>We help schools to spot early when a child is missing lessons, and "
                "to act kindly and well.</li><li>We help families when attendance becomes a worry, with Early "
                "Help, health and the SEN service.</li><li>We speak up for every child’s right to a full-time "
                "education, whatever they need.</li><li>We work with children who learn in other places than "
                "school, and with those who miss the most.</li>"
                "</ul><p>The council also has legal duties. If help has been offered and has not worked, it "
                "may have to use them. See [[steps|how school and the council help, step by step]].</p>"
                "<h2>When to get in touch</h2><ul><li>Your child finds school hard because of feelings, "
                "friends or health.</li><li>Special needs make it hard to be there, or to be on time.</li>"
                "<li>Attendance has dropped.</li><li>You want to know how something works, or what a "
                "[[letters|letter]] means.</li></ul><p>Schools often contact us first. You can ask your school "
                "to, or tell us yourself.</p><h2>What happens next</h2>"
                "<p>A person from the team reads what you tell us. We contact you in the way you say is "
                "safe.</p>"
            ),
        ),
        (
            "legal_fact",
            {
                "fact": "first-contact",
            },
        ),
    ],
}

PAGES = [*SECTIONS, CONTACT, WONT_GO, SEND, ILLNESS, STEPS, LETTERS]
