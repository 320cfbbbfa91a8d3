"""Our own lint rules: what ruff cannot know about this house. `python -m tests.lint` (part of `make check`).

A rule is a row of rules.RULES. It is held by two samples under samples/<rule>/: bad.py, on every marked line of which
it must fire, and good.py, where no rule may. There is no way to switch a rule off in a line: an exception is a file
with its reason, beside the rule, and one that is not needed any more is an error too.
"""
