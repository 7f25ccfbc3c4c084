"""Data sets that are downloaded by name, once, from where they have always been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from explorer.datasets.dataset import DataSet, DataSetError
from explorer.datasets.kinds.cifar import CifarReader
from explorer.datasets.kinds.class_folders import ClassFoldersReader
from explorer.datasets.kinds.idx import IdxReader
from explorer.datasets.reader import Given, Offer, Reader
from explorer.datasets.remote_file import RemoteFile
from explorer.datasets.watcher import Watcher
from explorer.folders import cache_folder

PREFIX = "download:"


@dataclass(frozen=True)
class Download:
    """A published data set: its files, and what reads them."""

    title: str
    help: str
    origin: str
    files: tuple[RemoteFile, ...]
    reader: type[Reader]

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)


def _files(bases: tuple[str, ...], *files: tuple[str, int, str]) -> tuple[RemoteFile, ...]:
    return tuple(
        RemoteFile(name, tuple(base + name for base in bases), size, sha256) for name, size, sha256 in files
    )


# Sizes and SHA-256 are those that TensorFlow Datasets publishes with its loaders (github.com/tensorflow/datasets,
# tensorflow_datasets/url_checksums/{mnist,fashion_mnist,cifar10,horses_or_humans}.txt).
DOWNLOADS = {
    "mnist": Download(
        "MNIST", "70,000 handwritten digits of 28 x 28: where everybody begins.",
        "Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits",
        _files(
            ("https://storage.googleapis.com/cvdf-datasets/mnist/",
             "https://ossci-datasets.s3.amazonaws.com/mnist/"),
            ("train-images-idx3-ubyte.gz", 9_912_422,
             "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            ("train-labels-idx1-ubyte.gz", 28_881,
             "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            ("t10k-images-idx3-ubyte.gz", 1_648_877,
             "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            ("t10k-labels-idx1-ubyte.gz", 4_542,
             "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ),
        IdxReader,
    ),
    "fashion-mnist": Download(
        "Fashion-MNIST", "70,000 pictures of clothes of 28 x 28: harder than digits.",
        "H. Xiao, K. Rasul, R. Vollgraf, Zalando: Fashion-MNIST (MIT)",
        _files(
            ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),  # it has no https; SHA-256 protects
            ("train-images-idx3-ubyte.gz", 26_421_880,
             "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            ("train-labels-idx1-ubyte.gz", 29_515,
             "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            ("t10k-images-idx3-ubyte.gz", 4_422_102,
             "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            ("t10k-labels-idx1-ubyte.gz", 5_148,
             "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ),
        IdxReader,
    ),
    "cifar-10": Download(
        "CIFAR-10", "60,000 small colour photographs: animals and vehicles, 32 x 32.",
        "A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009",
        _files(
            ("https://www.cs.toronto.edu/~kriz/",),
            ("cifar-10-binary.tar.gz", 170_052_171,
             "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
        ),
        CifarReader,
    ),
    "horses-or-humans": Download(
        "Horses or humans", "1,283 rendered pictures of 300 x 300: two classes, large images.",
        "L. Moroney: Horses or Humans, 2019 (CC BY 2.0)",
        _files(
            ("https://storage.googleapis.com/download.tensorflow.org/data/",
             "https://storage.googleapis.com/learning-datasets/"),
            ("horse-or-human.zip", 149_574_867,
             "e2e6f70d3d549c5dd10a57165e55af253ee66ad750403f95c0fb76bb943633a9"),
            ("validation-horse-or-human.zip", 11_480_187,
             "ae5fff2f4f5554791f05358108e2e05d9801b191f1896ea101402f0e7f6c32c0"),
        ),
        ClassFoldersReader,
    ),
}  # fmt: skip


class DownloadReader(Reader):
    """A published set by its address, such as "download:mnist"; kept on the disk from then on."""

    kind = "download"
    title = "Download"
    help = "Well-known data sets by name; fetched once, verified, and kept."
    rank = -1

    def __init__(self, name: str) -> None:
        self._name = name

    @classmethod
    def recognised(cls, given: Given) -> Reader | None:
        if not given.text.startswith(PREFIX):
            return None
        name = given.text.removeprefix(PREFIX)
        if name not in DOWNLOADS:
            raise DataSetError(
                f"There is no data set {name[:200]} to download. There are "
                f"{', '.join(PREFIX + one for one in DOWNLOADS)}."
            )
        return cls(name)

    def read(self, watcher: Watcher) -> DataSet:
        from explorer.datasets.fetch import fetch  # http and ssl take longer to import than a menu may take

        download, folder = DOWNLOADS[self._name], download_folder(self._name)
        for file in download.files:
            fetch(file, folder, watcher)
        one = folder / download.files[0].name
        place = one if download.reader is CifarReader else folder
        with ExitStack() as stack:
            reader = download.reader.recognised(Given(str(place), watcher, stack))
            if reader is None:
                raise DataSetError(
                    f"{place} does not hold {download.title}. Remove it and download it again."
                )
            dataset = reader.read(watcher)
        return dataset.with_changes(title=download.title, address=PREFIX + self._name, origin=download.origin)

    @classmethod
    def offers(cls) -> Iterator[Offer]:
        for name, download in DOWNLOADS.items():
            to_load = 0 if is_here(name) else download.size
            yield Offer(PREFIX + name, download.title, download.help, to_load)


def download_folder(name: str) -> Path:
    """Where the files of a downloaded data set lie. Raises DataSetError where no folder can be had for them."""
    try:
        return cache_folder() / "datasets" / name
    except OSError as error:
        raise DataSetError(
            f"There is no folder for downloads: {error.strerror or error}. Set EXPLORER_HOME to one that you may write."
        ) from error


def is_here(name: str) -> bool:
    """Whether nothing has to be fetched any more."""
    folder = download_folder(name)
    return all(
        (folder / file.name).is_file() and (folder / file.name).stat().st_size == file.size
        for file in DOWNLOADS[name].files
    )


def check_is_here(address: str) -> None:
    """Showing something must not load for minutes, nor touch the network unasked. Raises DataSetError."""
    name = address.removeprefix(PREFIX)
    if address.startswith(PREFIX) and name in DOWNLOADS and not is_here(name):
        raise DataSetError(
            f"{DOWNLOADS[name].title} has not been downloaded yet. Choose it as data set first."
        )
