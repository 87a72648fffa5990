"""What does everything look like?"""
