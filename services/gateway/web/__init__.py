"""What any page needs, whatever it shows: no word about citizens, cases or consents in here."""
