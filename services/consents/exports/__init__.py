"""Consents and access records in other people's formats, and consents back from them. Pure: no I/O, no clock.

iso27560   ISO/IEC TS 27560:2023 consent record as JSON-LD, with terms of the W3C Data Privacy Vocabulary (DPV)
fhir       HL7 FHIR R4 Consent
balp       HL7 FHIR R4 AuditEvent after IHE Basic Audit Log Patterns: an access record

terms.toml and context.jsonld say which terms of DPV 2 (https://w3id.org/dpv: consent_status, purposes and pd), of DCMI
Metadata Terms and of HL7 stand for our words. docs/exports.md is for those who read or send documents.

A document is a struct: its fields are the profile, for writing and for reading. Reading takes a document only if
writing its record again gives the same document, so nothing that it says is ever passed over.
"""
