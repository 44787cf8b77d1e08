"""Images in the hands of a sampler."""

from sklearn.base import _fit_context
from sklearn.callback import with_callbacks

from sktsgan.containers._images import check_image_shape, read_images, read_training_images

__all__ = ["ImagesMixin"]


class ImagesMixin:
    """Let an adversarial sampler take images, and give images back.

    The sampler gets float images of shape (n_images, n_channels, height, width). It has a parameter ``image_shape``.
    """

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, *, timestamps=None, conditions=None):
        """Learn the distribution of images.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_images, height, width), (n_images, height, width, n_channels) or flat
            Images of any dtype and range. Flat ones, (n_images, height * width * n_channels), have the shape
            ``image_shape``.
        y : array-like of shape (n_images,), default=None
            Class labels or numbers, for which ``sample`` can then be prompted. Floating-point numbers are labels
            where they are whole and half of the images share theirs with four others.
        timestamps : array-like of shape (n_images,), default=None
            When each image was made; ``sample`` can then be prompted for periods of the calendar. A
            DatetimeIndex of ``X`` counts as timestamps where none are given.
        conditions : DataFrame of shape (n_images, n_conditions), default=None
            What else ``sample`` can be prompted for. Strings, booleans and categories are classes, numbers are numbers.

        Returns
        -------
        self : object
            The fitted sampler.

        Raises
        ------
        ValueError
            If ``X`` holds NaN or infinity, has fewer than two images, the wrong number of axes, or a shape that does
            not agree with ``image_shape``; or if ``y``, ``timestamps`` or ``conditions`` do not hold one known value
            for each image. Nothing has been trained then.

        Warns
        -----
        UserWarning
            If conditions vary too little to learn from: one that is constant, or whose classes are so many that fewer
            than half of the images share theirs with four others, is dropped.
        """
        self._fit_windows(*self._read_training_set(X, y, timestamps, conditions))
        return self

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None, *, timestamps=None, conditions=None):
        """Train for one pass over further images.

        The first call learns scales and groups from its images; later calls keep them and move the networks.

        Parameters
        ----------
        X : array-like or DataFrame
            Images as in ``fit``, of the same shape in every call.
        y : array-like of shape (n_images,), default=None
            Class labels or numbers; later calls must bring labels of the first.
        timestamps : array-like of shape (n_images,), default=None
            As in ``fit``; in every call or in none.
        conditions : DataFrame of shape (n_images, n_conditions), default=None
            As in ``fit``; of the same columns in every call, and of classes that the first one brought.

        Returns
        -------
        self : object
            The sampler. Prompts choose among the images of all calls.

        Raises
        ------
        ValueError
            As ``fit``; also if the images have another shape, or labels are new.
        """
        self._make_a_pass(X, y, timestamps, conditions)
        return self

    def sample(self, n_samples=1, *, prompt=None, random_state=None, return_prompt=False):
        """Make new images.

        Parameters
        ----------
        n_samples : int, default=1
            How many.
        prompt : object, default=None
            What the images are to be like, or one prompt for each; what it leaves open is drawn from the training
            images that agree with it, by frequency.

            - a class label, or one for each image: ``3``, ``[0, 1, 2]``;
            - where ``y`` held numbers, a number, which means the 2 % of the training images (at least ten) that are
              nearest to it;
            - a dict of conditions, such as ``{"y": 3, "month": 1}``, or a DataFrame with a row for each image. Names
              are those of ``conditions``, ``"y"``, ``"timestamp"`` and the fields of the calendar; NaN leaves one open;
            - a period or a time, as of the other samplers: ``"January"``, ``"Monday"``, a ``pandas.Timestamp``.
        random_state : int, RandomState instance or None, default=None
            Rules the draws; an int gives the same images every time.
        return_prompt : bool, default=False
            Whether to return the conditions of each image too.

        Returns
        -------
        X : ndarray or DataFrame
            ``n_samples`` images in the container, shape, dtype and range of the training images.
        conditions : DataFrame of shape (n_samples, n_conditions)
            With ``return_prompt`` only: what each image was made for, itself a prompt.

        Raises
        ------
        ValueError
            If ``n_samples`` is below 1 or the prompt was not seen in ``fit``; the message lists what was.
        """
        return super().sample(
            n_samples, prompt=prompt, random_state=random_state, return_prompt=return_prompt
        )

    def iter_sample(
        self, n_samples, *, batch_size=1024, prompt=None, random_state=None, return_prompt=False
    ):
        """Make new images in bounded memory.

        Parameters
        ----------
        n_samples : int
            How many in all.
        batch_size : int, default=1024
            Images of a batch; the last one may be smaller.
        prompt : object, default=None
            As in ``sample``.
        random_state : int, RandomState instance or None, default=None
            As in ``sample``.
        return_prompt : bool, default=False
            As in ``sample``.

        Yields
        ------
        X : ndarray or DataFrame
            A batch; together they are the images that ``sample`` returns for the same ``random_state``.
        conditions : DataFrame
            With ``return_prompt`` only.

        Raises
        ------
        ValueError
            As ``sample``, and if ``batch_size`` is below 1.
        """
        return super().iter_sample(
            n_samples,
            batch_size=batch_size,
            prompt=prompt,
            random_state=random_state,
            return_prompt=return_prompt,
        )

    def score(self, X, y=None):
        """Return how close generated images are to ``X``.

        Parameters
        ----------
        X : array-like or DataFrame
            Images as in ``fit``.
        y : ignored
            There for scikit-learn.

        Returns
        -------
        score : float
            Minus the Kullback–Leibler divergence of ``distribution_kl_score``, in nats; 0 is best. It sees means and
            covariances in the plane of two principal components; ``metrics.frechet_distance`` sees more.
        """
        return super().score(X, y)

    def _read_new(self, X):
        return read_training_images(
            self, X, image_shape=self.image_shape, min_images=self._min_windows
        )

    def _read_more(self, X):
        return read_images(self, X, self.container_)

    def _check_parameters(self):
        super()._check_parameters()
        check_image_shape(self.image_shape)

    def _note_shape(self, items):
        self.image_shape_ = self.container_.image_shape
        self._item_dtype = items.dtype

    @property
    def _item_shape(self):
        height, width, channels = self.image_shape_
        return channels, height, width

    def _count_common_steps(self):
        return self._item_shape[0]
