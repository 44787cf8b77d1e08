"""The verdict: what the figures say, in plain words."""

__all__ = ["percent", "verdict"]

_SPACE = "\N{NO-BREAK SPACE}"


def percent(share):
    """Return a share as a percentage."""
    return f"{100 * share:.0f}{_SPACE}%"


def verdict(measures, ranking, *, has_held_out, keeps_training_windows):
    """Return sentences, the most important first.

    Parameters
    ----------
    measures : dict of str to Measure
    ranking : list of dict
        Rows of ``rank_discrepancies``.
    has_held_out : bool
        Whether there are windows that the sampler has not seen.
    keeps_training_windows : bool
        Whether the model contains training windows.
    """
    sentences = [_fidelity(measures, has_held_out)]
    if ranking:
        first = ranking[0]
        where = (
            "all channels together" if first["channel"] == "all" else f"channel {first['channel']}"
        )
        sentences.append(
            f"What gives them away most is “{first['feature']}” of {where}, "
            f"by which alone a classifier is right in {percent(first['accuracy'])} of cases."
        )
    sentences.append(_variety(measures, has_held_out))
    sentences += _copies(measures, has_held_out)
    if keeps_training_windows:
        sentences.append(
            "The model itself contains training windows: share its windows, but not the model, if they are private."
        )
    return sentences


def _fidelity(measures, has_held_out):
    judges = [measures[key] for key in ("c2st", "c2st_convolutions")]
    judge = max(judges, key=lambda one: one.new)
    excess = judge.new - max(judge.real, 0.5)
    if has_held_out:
        says = (
            f"A strong classifier tells new windows from held-out ones with {percent(judge.new)} accuracy; "
            f"real windows of other days with {percent(judge.real)}. "
        )
    else:
        says = (
            f"A strong classifier tells new windows from half of the real ones with {percent(judge.new)} accuracy; "
            f"the other half with {percent(judge.real)}. "
        )
    if excess <= judge.slack:
        return says + "To it, new windows are as good as real ones."
    if excess <= 4 * judge.slack:
        return says + "New windows are a little easier to know than real ones."
    return says + "New windows are clearly easier to know than real ones."


def _variety(measures, has_held_out):
    reached, gap = measures["recall"], measures["gap"]
    unseen, real = (
        ("held-out windows", "training windows") if has_held_out else ("one half", "other half")
    )
    says = (
        f"They reach {percent(reached.new)} of the {unseen}; the {real} "
        f"{'reach' if has_held_out else 'reaches'} {percent(reached.real)}."
    )
    if gap.new < 0.5 * gap.real:
        says += " They lie closer together than real windows do: variety is missing."
    return says


def _copies(measures, has_held_out):
    copies = measures["copies"].new
    says = [f"{percent(copies)} of them equal a training window."] if copies else []
    if not has_held_out:
        return [
            *says,
            "Whether they are near copies of training windows was not measured: that needs windows that the sampler "
            "has not seen (X_held_out).",
        ]
    ratio, membership = measures["ratio"].new, measures["membership"].new
    near = (
        "They lie much nearer to training windows than to unseen ones"
        if ratio < 0.7
        else "They lie somewhat nearer to training windows than to unseen ones"
        if ratio < 0.95
        else "They lie no nearer to training windows than to unseen ones"
    )
    attack = (
        "membership inference finds nothing"
        if membership < 0.53
        else "membership inference can tell a little"
        if membership < 0.65
        else "membership inference can tell which windows were learned from"
    )
    return [*says, f"{near} (ratio {ratio:.2f}, 1 is best); {attack} (AUC {membership:.2f}, 0.5 is best)."]
