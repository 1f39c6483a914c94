"""Small value types that mean the same in content, evidence and public answers."""
