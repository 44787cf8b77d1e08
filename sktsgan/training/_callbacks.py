"""Callbacks that watch over a run."""

import copy
import math
import warnings

from skorch.callbacks import Callback
from tqdm.auto import tqdm

from sktsgan.exceptions import DivergenceWarning

__all__ = ["BestAverageKeeper", "DivergenceGuard", "FitTaskReporter", "StepProgressBar"]


class BestAverageKeeper(Callback):
    """Judge the averaged generator now and then, keep the best one and stop when it no longer improves.

    The generator that training starts from is judged first, so that what comes back is no worse by this judge.

    Parameters
    ----------
    judge : callable
        ``judge()`` scores what the averaged generator makes now; the lower, the better.
    every : int
        Generator updates from one judgement to the next.
    n_iter_no_change : int
        Generator updates without improvement after which training stops.
    """

    def __init__(self, judge, every, n_iter_no_change):
        self.judge = judge
        self.every = every
        self.n_iter_no_change = n_iter_no_change
        self.weights_ = None

    def on_train_begin(self, net, **kwargs):
        """Judge what training starts from."""
        self._keep(net, self.judge())
        self.last_ = net.n_iter_

    def _keep(self, net, score):
        self.best_, self.best_iter_ = score, net.n_iter_
        self.weights_ = copy.deepcopy(net.average_.state_dict())

    def on_epoch_end(self, net, **kwargs):
        """Judge when it is time, and stop where nothing has improved for long."""
        if net.n_iter_ - self.last_ < self.every:
            return
        self.last_ = net.n_iter_
        score = self.judge()
        net.history.record("validation_accuracy", score)
        if score < self.best_:
            self._keep(net, score)
        elif net.n_iter_ - self.best_iter_ >= self.n_iter_no_change:
            net.stop()

    def on_train_end(self, net, **kwargs):
        """Go back to the best average, if the run came as far as to judge one."""
        if self.weights_ is not None:
            net.average_.load_state_dict(self.weights_)


class DivergenceGuard(Callback):
    """Go back to the last good weights, warn and stop when an epoch turns non-finite."""

    def on_train_begin(self, net, **kwargs):
        """Keep the weights that training starts from."""
        self.good_ = self._state(net)

    def on_epoch_end(self, net, **kwargs):
        """Keep finite weights; otherwise restore the last ones, warn and stop."""
        row = net.history[-1]
        names = [name for name in row if name.endswith(("_loss", "_grad_norm"))]
        bad = [name for name in names if not math.isfinite(row[name])]
        if not bad:
            self.good_ = self._state(net)
            return
        for network, state in zip(self._networks(net), self.good_, strict=True):
            network.load_state_dict(state)
        warnings.warn(
            f"Training diverged: {', '.join(bad)} turned non-finite before update {net.n_iter_}. The last good "
            "weights were kept; lower the learning rates or raise gradient_penalty.",
            DivergenceWarning,
            stacklevel=2,
        )
        net.stop()

    @staticmethod
    def _networks(net):
        return net.module_, net.discriminator_, net.average_

    def _state(self, net):
        return [copy.deepcopy(network.state_dict()) for network in self._networks(net)]


class FitTaskReporter(Callback):
    """Tell scikit-learn's callbacks of every epoch.

    Parameters
    ----------
    estimator : estimator
        Whose callbacks they are.
    context : CallbackContext
        Of its ``fit``.
    """

    def __init__(self, estimator, context):
        self.estimator = estimator
        self.context = context

    def on_epoch_begin(self, net, **kwargs):
        """Open the epoch's task."""
        self.task_ = self.context.subcontext(task_name="epoch")
        self.task_.call_on_fit_task_begin(estimator=self.estimator)

    def on_epoch_end(self, net, **kwargs):
        """Close it, and stop training where a callback asks for it."""
        if self.task_.call_on_fit_task_end(estimator=self.estimator):
            net.stop()


class StepProgressBar(Callback):
    """A bar over the updates, with the discriminator's loss, or the first loss of a phase without it.

    Parameters
    ----------
    n_steps : int
        In all.
    """

    def __init__(self, n_steps):
        self.n_steps = n_steps

    def on_train_begin(self, net, **kwargs):
        """Draw the bar."""
        self.bar_ = tqdm(total=self.n_steps, unit="step", desc="training")
        self.first_ = net.n_steps_

    def on_epoch_end(self, net, **kwargs):
        """Move the bar to the steps made."""
        row = net.history[-1]
        losses = [name for name in row if name.endswith("_loss")]
        name = "discriminator_loss" if "discriminator_loss" in losses else losses[0]
        self.bar_.set_description(row.get("phase", "training"), refresh=False)
        self.bar_.set_postfix({name: f"{row[name]:.3f}"})
        self.bar_.update(net.n_steps_ - self.first_ - self.bar_.n)

    def on_train_end(self, net, **kwargs):
        """Close the bar."""
        self.bar_.close()
