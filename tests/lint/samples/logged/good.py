# as if in: referrals/web/sample.py
import logging

log = logging.getLogger(__name__)


def page(request, note, error):
    log.warning("Note %s was not saved (%s).", note.pk, type(error).__name__)
