"""What is getting in the way: a dozen invented situations, in the plain words of the people who write them down.

`{name}`, `{they}`, `{them}`, `{their}`, `{carer}` are filled in for the child. A note is (who writes, who may read, text);
`school`, `officer`, `earlyhelp`, `sen`, `orchard`, `health` write; `case`, `agency`, or the person a named note is for.
"""

from __future__ import annotations

from dataclasses import dataclass

Written = tuple[str, str, str]
Tried = tuple[str, str, str]


@dataclass(frozen=True)
class Theme:
    """`before` and `after`: attendance in tenths of a percent until the case opened, and since. `older`: secondary only."""

    barriers: tuple[str, ...]
    detail: str
    strengths: str
    child: str
    wants: str
    parent: str
    tried: tuple[Tried, ...]
    asks: tuple[str, ...]
    hoped: str
    goes_on: str
    aim: str
    helped: str
    notes: tuple[Written, ...]
    before: int
    after: int
    pattern: str
    onset: str = ""
    older: bool = False


THEMES: dict[str, Theme] = {
    "corridors": Theme(
        barriers=("school_environment", "wellbeing"),
        detail="Since the timetable changed {name} leaves lessons before the bell and waits in the toilets until the corridors are empty. On days with a move across site {they} often does not come at all. Mondays and days with drama are hardest.",
        onset="New timetable after half-term: five room changes a day instead of three.",
        strengths="{name} draws all the time and helps to look after the library’s reptiles.",
        child="It is not the lessons. It is getting to them. Everyone pushes and it is too loud.",
        wants="To leave two minutes early and to have one place that is always quiet.",
        parent="We need one person to ring who knows us. I explain it again every week.",
        tried=(
            ("first_day_call", "{carer} says the mornings before a long day are the worst.", "no_change"),
            ("meeting", "Met {carer} and {name} at school. Agreed a quiet start.", "helped_a_bit"),
            ("adjusted_start", "Starts in the library at 9:15 on Mondays.", "helped_a_bit"),
            ("named_adult", "Checks in with the librarian each morning.", "helped"),
        ),
        asks=("joint_plan", "early_help"),
        hoped="Four full days a week by half-term, and {name} able to say when it is too much.",
        goes_on="The quiet start on Mondays, the early pass, and the librarian as the named adult.",
        aim="Four full days a week by half-term",
        helped="One named adult and leaving lessons two minutes early",
        notes=(
            ("officer", "case", "Rang {carer} for the first time today. Glad to have one number to ring. We meet at school next week, with {name} for the first ten minutes."),
            ("school", "case", "{name} used the early pass every day this week. {They} told the librarian that Tuesday was “nearly normal”."),
            ("earlyhelp", "case", "Home visit. {name} showed me {their} drawings and talked about the corridor by the gym: that is the place {they} avoids. {carer} would like help with the hour before school."),
            ("earlyhelp", "agency", "Team note: {carer} is tired and alone with this. Offer the parents’ group again in two weeks, not before."),
            ("school", "agency", "For our pastoral team: please do not ask {name} about absence at the gate. {They} counts the people who do."),
            ("officer", "earlyhelp", "Could you take the lead on mornings? I would rather not send a second person to the house."),
            ("school", "case", "Three full days this week. First Monday in for six weeks."),
        ),
        before=742,
        after=875,
        pattern="mondays",
    ),
    "caring": Theme(
        barriers=("home", "practical"),
        detail="{name} takes {their} little brother to nursery and stays when {carer} is unwell. Late most mornings and absent on hospital days. Homework is done after ten at night. {name} says school does not know, but form tutor has known since September.",
        strengths="Funny, patient, reads aloud to the younger children on the bus.",
        child="If I am not there, nobody gets him up. I am fine when I am in.",
        wants="Not to get a late mark when it is not my fault.",
        parent="I hate that {name} has to do this. On bad days I cannot get down the stairs.",
        tried=(
            ("letter", "Attendance letter sent; {carer} rang, upset. We will not send another.", "harder"),
            ("meeting", "Met {carer} at home with the school nurse.", "helped"),
            ("buddy", "Breakfast club place with a friend.", "helped_a_bit"),
        ),
        asks=("early_help", "joint_plan"),
        hoped="Somebody else gets the little one to nursery, so that {name} is in by nine.",
        goes_on="Breakfast club, and no late detentions while the plan runs.",
        aim="In by nine every day, with nursery runs covered",
        helped="A nursery run that did not depend on the child",
        notes=(
            ("officer", "case", "Spoke to {carer}. The nursery run is the whole story on four days out of five. {carer} wants {name} to be “just a kid in school”."),
            ("earlyhelp", "case", "Young carer’s assessment started. {name} asked whether {they} may bring a friend to the group. Yes."),
            ("school", "case", "Late marks are now coded with the reason, and no detention. Form tutor told {name} in person."),
            ("health", "case", "Hospital dates for the next two months given to the school office, with {carer}’s agreement, so that absences on those days are planned."),
            ("earlyhelp", "agency", "Team note: check the benefit letter at the next visit; not for the case."),
            ("school", "officer", "{name} fell asleep in maths twice. {They} asked us not to tell home. Telling you so that we agree what to do first."),
        ),
        before=791,
        after=902,
        pattern="steady",
    ),
    "reading": Theme(
        barriers=("learning", "wellbeing"),
        detail="{name} is absent or at the medical room on days with extended writing. Reading age is about three years below. No assessment since Year 4. On days with practical subjects attendance is nearly full.",
        strengths="Builds things; repaired the class’s bird feeder without being asked.",
        child="Everyone finishes and I have not read the question yet.",
        wants="Somebody to read it out and nobody to make a thing of it.",
        parent="We have asked for help with reading since primary. We keep being told to wait.",
        tried=(
            ("first_day_call", "Stomach aches on Tuesdays and Thursdays: both have double English.", "no_change"),
            ("meeting", "Met both parents with the SENCO.", "helped_a_bit"),
            ("curriculum_change", "Reader pen and coloured paper in English.", "helped_a_bit"),
            ("mentoring", "Weekly time with a teaching assistant.", "too_early"),
        ),
        asks=("sen_advice", "joint_plan"),
        hoped="An assessment, and {name} in lessons on writing days.",
        goes_on="Reader pen, seat near the door, no reading aloud unless {they} offers.",
        aim="In every writing lesson, with the right help",
        helped="The reader pen, and staff who knew about it",
        notes=(
            ("sen", "case", "Looked at the school’s records with the SENCO. Enough for a request for assessment. I will talk to both parents before anything is written."),
            ("officer", "case", "Good first meeting. {carer} said that nobody had asked what {name} is good at before. We started with the bird feeder."),
            ("school", "case", "All subject staff have the one-page profile. Two writing days in a row in school, both for the full day."),
            ("sen", "agency", "Team note: capacity for the assessment is six weeks. Do not promise a date."),
            ("school", "sen", "The Year 4 report is attached to the paper file. Parents do not know it exists; please let me tell them first."),
            ("school", "agency", "Cover supervisors: {name} does not read aloud. No exceptions."),
        ),
        before=836,
        after=917,
        pattern="steady",
    ),
    "moved": Theme(
        barriers=("home", "school_environment"),
        detail="The family moved to this side of the county in the summer. {name} knows nobody in {their} year and eats alone. Attendance was full at the last school and has fallen each week here.",
        onset="House move in August after a long wait in temporary housing.",
        strengths="Plays the cornet and was in a band at the last school.",
        child="Nobody is horrible. They just all know each other already.",
        wants="Band practice at lunch, and to sit with somebody.",
        parent="We moved for a better life and now {name} cries on Sunday nights.",
        tried=(
            ("first_day_call", "{carer} answers each time and wants to help.", "no_change"),
            ("meeting", "Met {carer}. {name} joined for the end.", "helped_a_bit"),
            ("buddy", "Two buddies from the form, chosen by {name}.", "helped"),
        ),
        asks=("joint_plan",),
        hoped="{name} has people to sit with, and Sunday nights without tears.",
        goes_on="Buddies, band, and a phone call home every Friday with one good thing.",
        aim="Full weeks again by the end of term",
        helped="Two buddies the child chose, and the band",
        notes=(
            ("officer", "case", "Called {carer} as agreed, after six. The Friday call from school is the best thing that has happened since the move, {carer} says."),
            ("school", "case", "{name} played at the harvest concert. Absent the day after; in the two days after that."),
            ("earlyhelp", "case", "Met {carer} at the library. Bus pass sorted: it had been costing more than twenty pounds a week."),
            ("school", "agency", "Form tutor: seat {name} with the brass players in assembly, please."),
            ("officer", "case", "Reviewed with school: up from three days a week to four. We keep the plan as it is."),
        ),
        before=803,
        after=921,
        pattern="falling",
    ),
    "pain": Theme(
        barriers=("health", "wellbeing"),
        detail="Joint pain since spring, under the hospital, no diagnosis yet. Good weeks and bad weeks. School has coded illness and has appointment letters. {name} is falling behind and dreads catching up.",
        strengths="Determined; finished a science project from bed and presented it on video.",
        child="When I come back everybody is on a new thing. Then I feel ill for a different reason.",
        wants="Lessons sent the same day, and not being asked if I am better.",
        parent="It feels as if people think we are making it up. We are not.",
        tried=(
            ("home_visit", "Took work home and had a cup of tea. {carer} was relieved.", "helped"),
            ("meeting", "Met with the school nurse.", "helped_a_bit"),
            ("reduced_timetable", "Mornings only for three weeks after the last bad spell.", "helped_a_bit"),
        ),
        asks=("joint_plan", "advice"),
        hoped="A plan for bad weeks as well as good ones.",
        goes_on="Work sent by four o’clock the same day, and a return meeting of five minutes.",
        aim="A plan that works in bad weeks as well",
        helped="Lessons sent home the same day",
        notes=(
            ("health", "case", "Consultant’s letter read with {carer}’s agreement: school may plan for two bad weeks in eight. That is not the same as refusing school."),
            ("officer", "case", "Explained to {carer} how illness is coded and that nobody doubts it. There will be no letter about fines."),
            ("school", "case", "Catch-up is now one lesson a day in the library, not five at home."),
            ("health", "agency", "Team note: referral to the pain clinic sent. Waiting time is long; do not discuss dates outside the team."),
            ("school", "case", "In for nine of ten days. {name} asked whether {they} may help with the open evening."),
        ),
        before=768,
        after=861,
        pattern="illness",
    ),
    "nights": Theme(
        barriers=("wellbeing", "practical"),
        detail="Awake until four most nights, asleep through the alarm. In school by lunchtime on about half of days. Online with friends abroad through the night. Worse since the summer.",
        strengths="Learns languages alone and is patient with beginners.",
        child="I am not tired at night. I am tired at eight in the morning, like a normal person at four.",
        wants="To start at eleven for a bit and get earlier.",
        parent="We have tried taking the router to work. It made everything worse.",
        tried=(
            ("first_day_call", "{carer} leaves for work at six and cannot check.", "no_change"),
            ("meeting", "Met at five o’clock so that {carer} could come.", "helped_a_bit"),
            ("adjusted_start", "Start at eleven, ten minutes earlier each week.", "helped"),
        ),
        asks=("joint_plan", "early_help"),
        hoped="In by nine by Easter, one step at a time.",
        goes_on="The step-by-step start, with the same form room each time.",
        aim="In by nine, ten minutes earlier each week",
        helped="Starting late and getting earlier, without a lecture",
        notes=(
            ("officer", "case", "Met {name} at school at eleven. {They} has a chart of {their} own and is three steps in. Impressive."),
            ("health", "case", "Sleep clinic advice shared with {carer} and school: light in the morning, and no big change at weekends."),
            ("school", "case", "Step four. Late once this week, and {they} rang us."),
            ("earlyhelp", "case", "Evening visit to fit {carer}’s shifts. We agreed what happens with the router: {name} sets the time, {carer} holds {them} to it."),
            ("earlyhelp", "agency", "Team note: no concerns about who {they} talks to online; asked properly, with {carer} in the next room."),
        ),
        before=643,
        after=812,
        pattern="steady",
        older=True,
    ),
    "friends": Theme(
        barriers=("school_environment", "wellbeing"),
        detail="A friendship group fell out in September and messages went round. {name} has not been to PE since, and misses the day when PE is first. The messages have stopped; the looks have not, {name} says.",
        strengths="Swims for the county and gets up at five for it.",
        child="They did not do anything you could write down.",
        wants="A different PE group until Christmas.",
        parent="School sorted out the messages quickly. I want {name} to stop checking who is at the gate.",
        tried=(
            ("first_day_call", "{carer} always honest about the reason.", "no_change"),
            ("meeting", "Met {carer}; {name} wrote down what {they} wanted to say.", "helped_a_bit"),
            ("safe_space", "Pass for the pastoral room at break.", "helped"),
        ),
        asks=("advice", "mediation"),
        hoped="PE again, and a normal gate.",
        goes_on="The pass, and a quiet word with three families.",
        aim="Back in every lesson, PE too",
        helped="A different PE group for one term",
        notes=(
            ("school", "case", "New PE group from Monday. {name} went, and stayed."),
            ("officer", "case", "Two phone calls with {carer}. School has done this well; my part is small. I will check in after half-term."),
            ("school", "agency", "The other two families have been spoken to. Nothing about them belongs in the case."),
            ("officer", "school", "If the looks start again, ring me before you write to anybody."),
        ),
        before=861,
        after=942,
        pattern="steady",
    ),
    "not_seen": Theme(
        barriers=("wellbeing", "school_environment", "learning"),
        detail="{name} has not been in school since the second week of term and does not come downstairs when we visit. Before that {they} came twice a week and stayed in the office. Works at night on {their} own and sends it in: it is good.",
        strengths="Writes long stories about a lighthouse and lets two people read them.",
        child="I know it is getting longer. Every day it gets bigger.",
        wants="Not the front gate. Anything that is not the front gate.",
        parent="I do not know how to carry a teenager to school, and I do not think I should.",
        tried=(
            ("home_visit", "Three visits. {name} sat on the stairs for the third.", "helped_a_bit"),
            ("meeting", "Met {carer} twice.", "no_change"),
            ("ebsa_tools", "Worked through the first part with {carer}.", "too_early"),
            ("named_adult", "The English teacher writes back about the lighthouse.", "helped"),
        ),
        asks=("home_visit", "ep_consultation", "ap_advice"),
        hoped="One hour somewhere that is not home, and then two.",
        goes_on="The English teacher goes on writing back. Work is marked within two days.",
        aim="One hour out of the house each week, then two",
        helped="Letters about a lighthouse, and a side door",
        notes=(
            ("officer", "case", "Visited with the English teacher. {name} came halfway down and talked about the lighthouse for a quarter of an hour. Nobody mentioned school."),
            ("orchard", "case", "{name} came to look round with {carer}, on a day without other pupils. Stayed for forty minutes and liked the workshop."),
            ("sen", "case", "Advice given on what school should have ready before an EHC needs assessment is asked for. Happy to read a draft."),
            ("orchard", "agency", "Staff: side entrance, no tour, no form on the first day. Bring the dog."),
            ("earlyhelp", "case", "{carer} came to the parents’ group and stayed for the whole evening."),
            ("health", "case", "CAMHS first appointment offered and accepted. {name} chose a video call."),
            ("school", "officer", "{name} wrote that {they} thinks about the train to the sea. I asked {them} about it today: it is the story, not a plan. I have told our safeguarding lead as well."),
            ("orchard", "case", "Second hour this week. {name} asked when the next one is."),
        ),
        before=281,
        after=402,
        pattern="severe",
        older=True,
    ),
    "bus": Theme(
        barriers=("practical", "home"),
        detail="The bus from the village was cut in September. The next one arrives at ten past nine, and not at all on Wednesdays. {carer} drives when work does not start before six.",
        strengths="Never unkind; knows every tractor in the valley.",
        child="I like school. I do not like being the one who comes in late.",
        wants="To be on the bus with the others.",
        parent="I have asked for a pass and been sent round three offices.",
        tried=(
            ("first_day_call", "Always the bus.", "no_change"),
            ("meeting", "Met {carer} at the village hall.", "helped"),
            ("other", "A neighbour brings {name} on Wednesdays.", "helped_a_bit"),
        ),
        asks=("advice", "joint_plan"),
        hoped="A way to school that works on all five days.",
        goes_on="A quiet arrival, and breakfast kept back.",
        aim="A way to school on all five days",
        helped="A seat on the taxi that already passed the door",
        notes=(
            ("officer", "case", "Home-to-school transport will look again: the route that {name} was told to walk has no pavement. I have sent the map."),
            ("school", "case", "Neighbour’s lift holds. {name} is in at twenty to nine on Wednesdays, first in the class."),
            ("officer", "case", "Taxi seat agreed from Monday. {carer} cried on the phone, happily."),
        ),
        before=848,
        after=957,
        pattern="steady",
    ),
    "grief": Theme(
        barriers=("wellbeing", "home"),
        detail="{name}’s grandfather, who took {them} to school every day, died at the end of August. {name} comes in for two or three days and then stays at home for the rest of the week. Cries at home time, not in the morning.",
        onset="Death of the grandfather in August.",
        strengths="Kind to new children. Knows the names of all the birds.",
        child="He always waited by the tree. Now there is only the tree.",
        wants="Somebody to wait by the tree.",
        parent="Some mornings none of us can face that road.",
        tried=(
            ("home_visit", "The class teacher brought a card from everyone.", "helped"),
            ("meeting", "Met {carer}. Agreed a worry box and a quiet home time.", "helped_a_bit"),
            ("mentoring", "Bereavement group on Thursdays.", "helped"),
        ),
        asks=("early_help",),
        hoped="{name} in for the whole week, and someone by the tree.",
        goes_on="The Thursday group, and the class teacher by the tree at ten past three.",
        aim="Whole weeks, with a good home time",
        helped="Somebody who waited by the tree",
        notes=(
            ("school", "case", "The class teacher waits by the tree. {name} brought her a feather."),
            ("earlyhelp", "case", "Sat with {carer} for an hour. {carer} had not talked about the funeral with anyone outside the family."),
            ("officer", "case", "No targets this month. We meet after half-term and look at whole weeks then."),
            ("earlyhelp", "agency", "Team note: {carer} has not slept properly since August. Encouraged a visit to the GP, gently."),
            ("health", "case", "School nurse saw {name} and {carer} together. Sleeping better than last month."),
            ("school", "case", "A whole week. Nobody made a fuss, as agreed. We all noticed."),
        ),
        before=717,
        after=866,
        pattern="falling",
    ),
    "pieces": Theme(
        barriers=("learning", "school_environment"),
        detail="{name} was on a part-time timetable for a year at the last school and has had three placements. Works well one to one, leaves when there are more than six in the room. Absent on days with supply staff.",
        strengths="Can take an engine apart and put it back.",
        child="They always change the person as soon as I know them.",
        wants="The same person for a whole year.",
        parent="Every plan starts again from the beginning, with a new form.",
        tried=(
            ("meeting", "Met {carer} and {name} together.", "helped_a_bit"),
            ("home_visit", "Brought the timetable in person.", "helped"),
            ("named_adult", "One teaching assistant, every day.", "helped"),
            ("curriculum_change", "Vehicle course on Fridays.", "helped"),
        ),
        asks=("ap_advice", "sen_advice", "joint_plan"),
        hoped="One placement that lasts, with the same people.",
        goes_on="The same teaching assistant, and Fridays in the workshop.",
        aim="One placement that lasts the year",
        helped="The same adult for a whole year",
        notes=(
            ("orchard", "case", "Third Friday. {name} showed a younger boy how to bleed brakes. Full attendance with us so far."),
            ("sen", "case", "Annual review brought forward. Orchard, school and {carer} have all sent their views; {name} recorded {their} own on a phone."),
            ("school", "case", "Teaching assistant’s contract is extended until July. {name} was the first to be told."),
            ("orchard", "agency", "Staff: tell {name} a day ahead if the minibus driver changes."),
            ("sen", "officer", "The placement is funded until the end of term only. I am working on it; please do not tell the family until it is signed."),
            ("officer", "case", "Attendance counted together for both sites: 81% since the start of term, from 46%."),
        ),
        before=462,
        after=806,
        pattern="severe",
        older=True,
    ),
}  # fmt: skip

# What families say when nobody has asked them a form's question. (own words, reasons, how much school is missed)
FAMILY_WORDS: tuple[tuple[str, list[str], str], ...] = (
    ("She gets dressed and then sits on the bottom stair. She wants to go. She cannot make herself open the door.", ["worry"], "most"),
    ("He says he is ill but he is fine by ten. Something happened with his friends and he will not say what.", ["bullying", "worry"], "weekly"),
    ("The work has got too hard since Year 5 and he pretends not to care.", ["learning"], "weekly"),
    ("I have had a letter about fines and I do not understand what we did wrong. She has been under the hospital all year.", ["letter", "health"], "weekly"),
    ("We were told that he can only come in the mornings. Nobody has told us until when.", ["part_time"], "most"),
    ("She looks after her nan before school because I start at six.", ["caring", "practical"], "weekly"),
    ("He has not been in since September. He does not come out of his room in the day any more.", ["worry", "sleep"], "all"),
    ("It takes two of us an hour and a half every morning to get her there.", ["worry", "sleep"], "struggle"),
    ("The bus does not come any more and I cannot drive.", ["practical"], "weekly"),
    ("School marked him absent on a day when he was there. I would like somebody to look at it.", ["recording"], "odd_day"),
    ("Since his dad left he only wants to be where I am.", ["home", "worry"], "most"),
)  # fmt: skip
URGENT_WORDS = (
    "She told her cousin that somebody at home hits her and that she is scared of going back there after school."
)
