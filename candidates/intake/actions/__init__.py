"""What happens? Files are put aside and looked through, taken in, and taken back out: a file for each."""
