"""``python3 dev.py mutants``: would the tests notice if core or services were wrong?"""
