"""Values, states, policies and errors: the centre, which imports the standard library only."""
