"""Who fits a role, and why? Pure, and open to question; docs/RANKING.md says how it counts."""
