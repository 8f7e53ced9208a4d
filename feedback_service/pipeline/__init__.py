"""The flow: one file per stage, in the order data moves; stages know each other only by the statuses they leave."""
