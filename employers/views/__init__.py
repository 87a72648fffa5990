"""Who knocked? The public, or an employer's team."""
