"""The maker needs real Keras; it is run by hand and only hashed here."""

collect_ignore = ["make_fixtures.py"]
