"""What did they type?"""
