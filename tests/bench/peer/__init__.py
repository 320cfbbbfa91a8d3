"""Bar 6's peer: django-helpdesk, in an environment of its own (requirements/bench.txt). Imports nothing of ours."""
