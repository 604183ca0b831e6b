"""Draws that the rows of a portfolio take in common: made once, and kept as long as there is room.

Numbers that all rows share are drawn once. What a row has of its own is mostly a standard draw
times a scale: standard draws, and products of them, are made once too, and each row takes them
from a place of its own on.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

import numpy as np

from roi_model.distributions import Distribution, Standardised, standard_sampler
from roi_model.portfolio import Amounts
from roi_model.portfolio_draws import Plan, Source, bits_of, row_key
from roi_model.uncertainty import estimates, whole_years

KEPT_BYTES = 2**26
"""What the standard draws kept by a worker may take: 64 MiB."""
NUMBERED = 4_096

Standards = tuple[tuple[str, Distribution], ...]
"""Addresses of numbers, and the standard that each is drawn from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """Standard draws that are multiplied, under a number: it is found sooner than by them."""

    number: int
    of: Standards


class KeptDraws:
    """The draws of a plan, made as they are asked for."""

    def __init__(self, plan: Plan) -> None:
        """Begin with no draws."""
        self._seed = plan.seed
        addresses = [address for address, _ in estimates(plan.template)]
        self.columns = {address: place for place, address in enumerate(addresses)}
        self.source = Source(plan, self.columns)
        self.size = self.source.size
        numbers = count()
        self._number_of = lru_cache(maxsize=NUMBERED)(lambda standards: next(numbers))
        self._kept: OrderedDict[Any, Amounts] = OrderedDict()
        self._bytes = 0

    def start(self, row_id: str) -> int:
        """Return where a row begins its own points."""
        key = row_key(row_id)
        words = np.random.SeedSequence(self._seed, spawn_key=(3, key >> 32, key & 0xFFFFFFFF))
        return int(words.generate_state(1, np.uint64)[0] % np.uint64(self.size))

    def shared(self, address: str, law: Standardised, is_whole: bool) -> Amounts:
        """Return the draws of a number that all rows share."""
        draws = law.draws(self._standard(address, law.standard))
        return np.asarray(whole_years(draws)) if is_whole else draws

    def of_row(self, address: str, law: Standardised, start: int, is_whole: bool) -> Amounts:
        """Return the draws of a number of the row that begins its points at ``start``."""
        if self.source.is_common(address):
            return self.shared(address, law, is_whole)
        turned = slice(start, start + self.size)
        if self.source.is_own(address):
            draws = law.draws(self._standard(address, law.standard)[turned])
        else:
            common, own = self._once(("scores", address), self._both_scores, address)
            bits = bits_of(common + np.concatenate([own, own])[turned])
            draws = law.draws(standard_sampler(law.standard)(bits))
        return np.asarray(whole_years(draws)) if is_whole else draws

    def product_of(self, standards: Standards) -> Product:
        """Return what ``product`` is asked for."""
        return Product(number=self._number_of(standards), of=standards)

    def product(self, asked: Product, start: int) -> Amounts:
        """Return products of standard draws of own numbers, of the row that begins there."""
        return self._made(asked)[start : start + self.size]

    def _standard(self, address: str, standard: Distribution) -> Amounts:
        return self._made(self.product_of(((address, standard),)))

    def _made(self, product: Product) -> Amounts:
        return self._once(product.number, self._multiplied, product.of)

    def _multiplied(self, standards: Standards) -> Amounts:
        if len(standards) == 1:
            ((address, standard),) = standards
            return standard_sampler(standard)(self._once(address, self.source.bits, address))
        first, *others = (self._standard(*one) for one in standards)
        product = first.copy()
        for one in others:
            product *= one
        return product

    def _both_scores(self, address: str) -> Amounts:
        common, own = self.source.scores(address)
        return np.stack([common, own[: self.size]])

    def _once(self, key: Any, make: Callable[..., Any], *arguments: Any) -> Any:
        """Return what was made before, else make it; what served longest ago makes room."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        made = make(*arguments)
        self._kept[key] = made
        self._bytes += made.nbytes
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return made
