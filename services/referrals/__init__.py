"""referrals: from an organisation to a service of a partner, for a citizen, on a legal basis, with its loop closed.

Owns: referrals, status as FHIR R4 Task. Publishes one event for each step (events.py).
Consumes: referrals (its own: inbox and outbox as lists), consents (a withdrawal holds what rests on it), partners
(whether there was a place).
"""
