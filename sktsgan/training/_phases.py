"""Training in phases that follow each other."""

import math

__all__ = ["PhasesMixin"]


class PhasesMixin:
    """Let an AdversarialNet train in phases, the last of which goes on for as long as there are steps.

    A net says which ``phases`` there are, and the ``phase_lengths()`` of all but the last.
    """

    @property
    def phase(self):
        """The phase of the next step."""
        return self.phases[self._index_of_phase()]

    def _index_of_phase(self):
        begun, index = 0, 0
        for length in self.phase_lengths():
            begun += length
            index += self.n_steps_ >= begun
        return index

    def _step_of_phase(self):
        return self.n_steps_ - sum(self.phase_lengths()[: self._index_of_phase()])

    def _cosine(self, n_steps):
        """Return a factor that falls along a cosine to 0 over the steps of this phase."""
        return 0.5 * (1 + math.cos(math.pi * self._step_of_phase() / n_steps))

    def epoch_length(self, n_steps):
        """Return the steps of the next epoch, at most ``n_steps``: none spans two phases."""
        index = self._index_of_phase()
        if index == len(self.phases) - 1:
            return n_steps
        return min(n_steps, self.phase_lengths()[index] - self._step_of_phase())

    def count_epochs(self, n_steps, steps_per_epoch):
        """Return the epochs of a run of ``n_steps``; each phase ends with an epoch of its own."""
        made, n_epochs, last = self.n_steps_, 0, self.n_steps_ + n_steps
        while self.n_steps_ < last:
            self.n_steps_ += self.epoch_length(min(last - self.n_steps_, steps_per_epoch))
            n_epochs += 1
        self.n_steps_ = made
        return n_epochs
