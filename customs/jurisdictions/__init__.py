"""Customs territories, one package each; the settings list which of them are in use."""

from importlib import import_module

from customs.domain.jurisdiction import Jurisdiction


def named(dotted_path: str) -> Jurisdiction:
    """The jurisdiction that a package declares as ``JURISDICTION``."""
    declared = import_module(dotted_path).JURISDICTION
    if not isinstance(declared, Jurisdiction):
        raise TypeError(f"{dotted_path}.JURISDICTION is not a Jurisdiction")
    return declared
