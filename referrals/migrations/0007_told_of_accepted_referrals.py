"""What the case page has read from accepted referrals until now, copied to where it reads it from now on."""

from django.db import migrations

CARRIED = {
    "voices": ("voice_words", "voice_wants"),
    "barriers": ("barriers", "strengths"),
    "asking": ("hoped_outcome",),
}
BATCH = 1_000


def copy(apps, schema_editor):
    Referral, Told = apps.get_model("referrals", "Referral"), apps.get_model("referrals", "Told")
    alias = schema_editor.connection.alias
    accepted = Referral.objects.using(alias).filter(stage="accepted", case__isnull=False, told__isnull=True)
    rows = []
    for pk, case, answers, at in accepted.values_list("pk", "case_id", "answers", "decided_at").iterator(BATCH):
        told = {"at": at} if at else {}
        rows.append(Told(referral_id=pk, case_id=case, answers=carried(answers), **told))
        if len(rows) == BATCH:
            Told.objects.using(alias).bulk_create(rows)
            rows = []
    Told.objects.using(alias).bulk_create(rows)


def carried(answers):
    found = {
        task: {name: answers[task][name] for name in names if name in answers[task]}
        for task, names in CARRIED.items()
        if task in answers
    }
    parents = answers.get("voices", {}).get("parents", [])
    if parents:
        found["voices"]["parents"] = [
            {name: parent[name] for name in ("name", "view_words") if name in parent} for parent in parents
        ]
    return found


class Migration(migrations.Migration):
    dependencies = [("referrals", "0006_denials_and_shares")]
    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
