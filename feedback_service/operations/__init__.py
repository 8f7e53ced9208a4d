"""What a person may do with one feedback; command line and console both act through here."""
