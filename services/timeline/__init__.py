"""timeline: every event about a citizen, from every service, in one order.

Owns: entries and their access classes (and, later, the ledger). Publishes nothing. Consumes all events of cases,
consents, referrals and partners. Can be thrown away and rebuilt from the services' logs: the same logs give the same
entries, byte for byte.

It holds ciphertext only. What a viewer may see is decided, recorded and unsealed by consents when the page is read.
"""
