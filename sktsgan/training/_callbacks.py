"""Callbacks that watch over a run."""

import copy
import math
import warnings

from skorch.callbacks import Callback
from tqdm.auto import tqdm

from sktsgan.exceptions import DivergenceWarning

__all__ = ["DivergenceGuard", "FitTaskReporter", "StepProgressBar"]


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
