# as if in: referrals/web/sample.py
class Form:
    class Meta:
        fields = "__all__"  # bad


class Serialiser:
    class Meta:
        exclude = ["secret"]  # bad
