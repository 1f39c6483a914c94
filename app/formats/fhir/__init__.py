"""Public shapes as FHIR R5 bundles. `docs/fhir.md` tells which resource holds what, and describes the extensions."""
