"""Simulating a portfolio on a Dask cluster, given by its address.

Tasks are handed out, and handed out again when a worker is lost, by Dask itself; here it only
takes the form of an executor, so that the same simulation runs on it unchanged. Workers need
``roi_model`` of the same version.
"""

from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import roi_model
from roi_model.problems import Problem, ScenarioError

WAITED = 30
"""Seconds that a scheduler may take to answer, and its first worker to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """A cluster that is connected to."""

    executor: Executor
    workers: int
    """Tasks that it can do at once, when it was connected to."""


@contextmanager
def cluster_at(address: str, *, retries: int = 3) -> Iterator[Cluster]:
    """Yield the cluster whose scheduler is at ``address``, such as ``tcp://10.0.0.1:8786``.

    A task that fails is tried ``retries`` times more. What is left when the block ends, as when
    it is interrupted, is cancelled.

    Raises:
        ScenarioError: ``distributed`` is not installed, no scheduler answers, it has no worker, or
            workers have another version of ``roi_model``; or, later, too many workers are lost.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        message = "a cluster needs distributed: pip install 'roi-model[cluster]'"
        raise _refused(address, message) from error
    try:
        client = distributed.Client(address, timeout=WAITED, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise _refused(address, f"must be the address of a scheduler: {error}") from error
    with client:
        executor = client.get_executor(pure=False, retries=retries)
        try:
            try:
                client.wait_for_workers(1, timeout=WAITED)
                versions = set(client.run(_version).values())
            except TimeoutError as error:
                raise _refused(address, "the cluster must have at least one worker") from error
            except ImportError as error:
                raise _refused(address, "its workers must have roi_model installed") from error
            if versions != {roi_model.__version__}:
                message = f"its workers must have roi_model {roi_model.__version__}"
                raise _refused(address, f"{message}, they have {sorted(versions)}")
            yield Cluster(executor=executor, workers=sum(client.nthreads().values()))
        except (distributed.KilledWorker, CancelledError) as error:
            message = f"the cluster was lost, or too many of its workers: {error}"
            raise _refused(address, message) from error
        finally:
            executor.shutdown(wait=False)


def _version() -> str:
    return roi_model.__version__


def _refused(address: str, message: str) -> ScenarioError:
    problem = Problem(
        where="--scheduler", code="option", received=address, allowed="", message=message
    )
    return ScenarioError([problem])
