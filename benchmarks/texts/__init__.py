"""Texts: captions, and the oracle of SeqGAN's experiment."""
