"""Any spreadsheet, as somebody made it: what it is, and its rows one after the other."""
