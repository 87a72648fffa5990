"""Who knocked? Staff, at the queue and at the workbench."""
