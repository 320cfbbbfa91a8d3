"""Everything that can happen to a referral."""
