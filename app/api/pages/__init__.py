"""Pages for people: the landing page, the guide, the reference, what each kind of problem means."""
