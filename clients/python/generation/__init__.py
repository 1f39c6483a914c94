"""Development only: the OpenAPI description turned into the generated half of the client."""
