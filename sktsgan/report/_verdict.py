"""The verdict: what the figures say, in plain words."""

__all__ = ["percent", "verdict"]

_SPACE = "\N{NO-BREAK SPACE}"
_CONCLUSIONS = {
    "floor too high to tell": (
        "Real windows of the two parts differ so much that this says little; see where they differ."
    ),
    "as real": "To it, new windows are as good as real ones.",
    "a little off": "New windows are a little easier to know than real ones.",
    "off": "New windows are clearly easier to know than real ones.",
}


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
        sentences.append(_giveaway(ranking[0]))
    sentences.append(_variety(measures, has_held_out))
    sentences += _copies(measures, has_held_out)
    if keeps_training_windows:
        sentences.append(
            "The model itself contains training windows. Where it must stay secret who is in the data, share neither "
            "it nor its windows."
        )
    return sentences


def _fidelity(measures, has_held_out):
    judges = [measures[key] for key in ("c2st", "c2st_convolutions")]
    judge = max(judges, key=lambda one: one.new - max(one.real, 0.5))
    real = "real windows of other days" if has_held_out else "the other half"
    says = (
        f"A strong classifier tells new windows from {'held-out' if has_held_out else 'half of the real'} ones with "
        f"{percent(judge.new)} accuracy; {real} with {percent(judge.real)}. "
    )
    return says + _CONCLUSIONS[judge.reading]


def _giveaway(first):
    """Say by what new windows are known best."""
    joint = first["channel"] == "all"
    where = "all channels together" if joint else f"channel {first['channel']}"
    says = (
        f"What gives them away most is “{first['feature']}” of {where}: by that alone a quick classifier is right in "
        f"{percent(first['accuracy'])} of cases"
    )
    floor = first["floor"]
    return f"{says}, with real windows in {percent(floor)}." if floor is not None else f"{says}."


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
    return [
        *says,
        f"{near} (ratio {ratio:.2f}, 1 is best); {attack} (AUC {membership:.2f}, 0.5 is best).",
    ]
