"""What is held on a person: given to them whole, corrected, and removed when its time is over."""
