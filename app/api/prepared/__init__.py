"""Finished answers: kept once, served before the application is asked again."""
