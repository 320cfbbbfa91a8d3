# as if in: referrals/actions/case/sample.py
from django.core import mail
from django.core.mail import send_mail


def done(user):
    send_mail("Subject", "Body", None, [user.email])  # bad
    mail.EmailMessage("Subject", "Body").send()  # bad
    user.email_user("Subject", "Body")  # bad
