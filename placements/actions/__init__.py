"""What happens? Matches, placements and check-ins each have one file that writes them."""
