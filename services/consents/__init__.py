"""consents: who a citizen is, on which basis others may know what, the keys, and who looked.

Owns: identities (looked up by keyed HMAC), the legal facts of every citizen, the private keys, the access log.
Publishes: CitizenRegistered, KeyCreated, BasisEstablished, BasisEnded, ConsentGiven, ConsentWithdrawn, AccessRecorded.
Consumes: cases (participants become statutory bases), consents (its own: the access log as a list).

The only service that can read personal text. It decides, writes the reading down, and only then opens.
"""
