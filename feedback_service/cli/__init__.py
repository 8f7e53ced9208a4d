"""The command line: it translates between people and the rooms below, and decides nothing."""
