"""What happens once a day: the calendar is followed, and account managers are told what is due."""
