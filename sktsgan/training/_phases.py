"""Training in phases that follow each other."""

import math

__all__ = ["PhasesMixin"]


class PhasesMixin:
    """Let an AdversarialNet train in phases, the last of which goes on for as long as there are steps.

    A net says which ``phases`` there are; ``begin_phases`` says how long all but the last are.
    """

    def begin_phases(self, *lengths):
        """Begin the first phase with the next step; each of the lengths is a number of steps."""
        self.first_step_, self.phase_lengths_ = self.n_steps_, lengths

    @property
    def phase(self):
        """The phase of the next step."""
        return self.phases[self._place()[0]]

    def _place(self):
        """Return which phase the next step is in, and which step of it that is."""
        step = self.n_steps_ - self.first_step_
        for index, length in enumerate(self.phase_lengths_):
            if step < length:
                return index, step
            step -= length
        return len(self.phase_lengths_), step

    def _cosine(self, n_steps):
        """Return a factor that falls along a cosine to 0 over the steps of this phase."""
        return 0.5 * (1 + math.cos(math.pi * self._place()[1] / n_steps))

    def epoch_length(self, n_steps):
        """Return the steps of the next epoch, at most ``n_steps``: none spans two phases."""
        index, step = self._place()
        if index == len(self.phase_lengths_):
            return n_steps
        return min(n_steps, self.phase_lengths_[index] - step)

    def count_epochs(self, n_steps, steps_per_epoch):
        """Return the epochs of a run of ``n_steps``; each phase ends with an epoch of its own."""
        made, n_epochs, last = self.n_steps_, 0, self.n_steps_ + n_steps
        while self.n_steps_ < last:
            self.n_steps_ += self.epoch_length(min(last - self.n_steps_, steps_per_epoch))
            n_epochs += 1
        self.n_steps_ = made
        return n_epochs
