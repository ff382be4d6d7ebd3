"""The makers need real Keras; they are run by hand and only hashed here."""

collect_ignore = ["make_fixtures.py", "make_names.py"]
