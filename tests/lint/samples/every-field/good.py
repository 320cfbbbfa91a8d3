# as if in: referrals/web/sample.py
class Form:
    class Meta:
        fields = ["name", "reason"]
