"""Public shapes as JSON-LD: schema.org where it has a word, our own vocabulary for the rest. `docs/json-ld.md` has the map."""
