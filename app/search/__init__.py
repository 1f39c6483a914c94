"""Finding statements by words."""
