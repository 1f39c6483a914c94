"""The door for chatbots: the same facts over the Model Context Protocol."""
