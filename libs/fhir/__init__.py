"""HL7 FHIR R4: data types, and reading JSON so strictly that whatever is not taken is named. No domain noun."""
