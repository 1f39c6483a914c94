"""Whether our sources are what PubMed, Crossref and the trial registries say of them."""
