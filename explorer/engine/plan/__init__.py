"""Plans: how a training step of one network is computed fast; the layers' own passes are what they must equal."""
