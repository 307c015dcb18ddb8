"""cases: one coordinated effort for one citizen, and who takes part in it.

Owns: cases with their participants, notes, actions and decisions. Publishes one event for each command (events.py).
Consumes: cases (its own: the caseload as a list, and the other end of each link).
"""
