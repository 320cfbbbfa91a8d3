"""WHO WORKS HERE: invited, given another role, suspended, gone. Each gesture asks the policy and is audited.

It changes accounts and memberships, never casework: what a leaver leads is handed over by the case's own `assign`.
"""
