"""consents: who a citizen is, on which basis others may know what, the keys, and who looked.

Owns: identities (looked up by keyed HMAC), the legal facts of every citizen, the private keys, the access log, requests
for erasure and restriction.
Publishes: the events of events.py, rights_events.py and control/events.py.
Consumes: cases (participants become statutory bases; how long a case is kept), consents (its own: the access log as a
list; what is left to do of an erasure).

The only service that can read personal text. It decides, writes the reading down, and only then opens.
"""
