"""THE VOICE: the only package that speaks to people. It reads events, asks the policy, and never changes casework."""
