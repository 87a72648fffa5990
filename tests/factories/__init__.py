"""Who stands on the stage? One factory a model, one file an app."""
