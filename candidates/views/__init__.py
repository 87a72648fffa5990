"""Who knocked? A provider's team, its uploads, or a person with a link."""
