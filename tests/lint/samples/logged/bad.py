# as if in: referrals/web/sample.py
import logging

log = logging.getLogger(__name__)


def page(request, form, note):
    log.info("Sent: %s", request.POST)  # bad
    log.warning("Wrong: %s", form.cleaned_data)  # bad
    log.error(f"Not saved: {note.body}")  # bad
