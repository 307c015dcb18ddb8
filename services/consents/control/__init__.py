"""Routine control of the access log: rules and samples find looks, people assess and close what was found.

rules.py says what is found, examine.py carries a run out, finding.py is what becomes of a finding. The control of
access logs on suspicion only is what supervisory authorities criticise; here it is by rule and by sample, and each run
is recorded.
"""
