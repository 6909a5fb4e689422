"""Money and plan looked at together: announced reviews, concerns, and what follows when a life changes."""
