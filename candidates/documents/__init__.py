"""Files of a person: the résumé and the certificates.

Kept sealed and apart, in quarantine until scanned, and only ever handed over to be saved. An import
contract says who may come in here; matching may not, since the words of a résumé choose nobody.
"""
