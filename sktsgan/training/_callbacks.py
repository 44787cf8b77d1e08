"""Callbacks that watch over a run."""

import copy
import math
import warnings

from skorch.callbacks import Callback
from tqdm.auto import tqdm

from sktsgan.exceptions import DivergenceWarning, ModeCollapseWarning

__all__ = [
    "AtTheEnd",
    "DivergenceGuard",
    "EarlyQuestion",
    "FitTaskReporter",
    "StepProgressBar",
    "TextKeeper",
]


class AtTheEnd(Callback):
    """Call a function when a run has ended.

    Parameters
    ----------
    function : callable
        Takes nothing.
    """

    def __init__(self, function):
        self.function = function

    def on_train_end(self, net, **kwargs):
        """Call it."""
        self.function()


class EarlyQuestion(Callback):
    """Ask once, after some generator updates, whether training is worth going on with, and stop where it isn't.

    Parameters
    ----------
    pays : callable
        ``pays()`` says whether it is.
    after : int
        Generator updates of the run before the question.
    """

    def __init__(self, pays, after):
        self.pays = pays
        self.after = after

    kept = ("due_", "refused_")  # by a checkpoint

    def on_train_begin(self, net, **kwargs):
        """Count from here."""
        self.due_, self.refused_ = net.n_iter_ + self.after, False

    def resume(self, net):
        """Ask again where the answer was no: whoever answered took note of why."""
        if self.refused_:
            self.pays()

    def on_epoch_end(self, net, **kwargs):
        """Ask when it is time."""
        if self.due_ is None or net.n_iter_ < self.due_:
            return
        self.due_ = None
        self.refused_ = not self.pays()
        if self.refused_:
            net.stop()


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
        raising = " or raise gradient_penalty" if hasattr(net, "gradient_penalty") else ""
        warnings.warn(
            f"Training diverged: {', '.join(bad)} turned non-finite before update {net.n_iter_}. The last good "
            f"weights were kept; lower the learning rates{raising}.",
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
        The context of its ``fit``.
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
        Number of steps in all.
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


class TextKeeper(Callback):
    """Keep the weights of maximum likelihood that held-out texts favour, and watch over what follows.

    When maximum likelihood is done, its best weights come back. When the texts of policy gradient repeat themselves far
    more than those it began with, or held-out texts get far less likely, the best weights since then come back, a
    warning says so, and training stops.

    Parameters
    ----------
    judge : callable or None
        ``judge()`` is the mean of −log p of a token of held-out texts, in nats. None keeps the last weights.
    count_distinct : callable
        ``count_distinct()`` is the share of distinct bigrams in what is sampled now.
    every : int
        Steps of maximum likelihood from one judgement to the next.
    least_share : float
        Least share of the distinct bigrams that policy gradient began with.
    most_lost : float
        Nats a token that held-out texts may lose to policy gradient.
    """

    kept = ("best_", "weights_", "distinct_", "last_", "began_")  # by a checkpoint

    def __init__(self, judge, count_distinct, every, least_share, most_lost):
        self.judge = judge
        self.count_distinct = count_distinct
        self.every = every
        self.least_share = least_share
        self.most_lost = most_lost

    def on_train_begin(self, net, **kwargs):
        """Forget what was before."""
        self.best_, self.weights_, self.distinct_, self.last_ = math.inf, None, None, net.n_steps_
        self.began_ = None

    def on_epoch_end(self, net, **kwargs):
        """Judge when it is time."""
        phase = net.history[-1]["phase"]
        if phase == "likelihood":
            done = net.phase != phase
            if self.judge is not None and (done or net.n_steps_ - self.last_ >= self.every):
                self._judge(net)
            if done:
                self._restore(net)
        elif phase == "adversarial":
            self._watch(net, self._judge(net))

    def on_epoch_begin(self, net, **kwargs):
        """Take note of what policy gradient begins with."""
        if net.phase == "adversarial" and self.distinct_ is None:
            self.best_, self.distinct_ = math.inf, self.count_distinct()
            self.began_ = self._judge(net, record=False)

    def _judge(self, net, record=True):
        score = math.inf if self.judge is None else self.judge()
        self.last_ = net.n_steps_
        if record and self.judge is not None:
            net.history.record("validation_nll", score)
        if score < self.best_ or self.weights_ is None:
            self.best_ = score
            self.weights_ = copy.deepcopy(net.average_.module.state_dict())
        return score

    def _restore(self, net):
        if self.weights_ is not None:
            net.module_.load_state_dict(self.weights_)
            net.average_.module.load_state_dict(self.weights_)

    def _watch(self, net, score):
        share = self.count_distinct()
        net.history.record("distinct_bigrams", share)
        lost = 0.0 if self.judge is None else score - self.began_
        if share >= self.least_share * self.distinct_ and lost <= self.most_lost:
            return
        self._restore(net)
        happened = (
            f"{share:.0%} of its bigrams were distinct, {self.distinct_:.0%} before policy gradient"
        )
        if self.judge is not None:
            happened += f"; held-out texts lost {lost:.2f} nats a token"
        warnings.warn(
            f"The generator collapsed in update {net.n_iter_}: {happened}. The best weights by held-out likelihood "
            "were kept; lower generator_learning_rate or max_iter.",
            ModeCollapseWarning,
            stacklevel=2,
        )
        net.stop()
