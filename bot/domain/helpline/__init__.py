"""Crisis lines and emergency numbers: what a person is shown, and which country they mean."""

from .country import COUNTRY_CODES, MOST_COUNTRIES_OFFERED, find_country
from .directory import MOST_LINES_SHOWN, Directory, EmergencyNumber, Helpline, Options
from .reading import HelplineFault, parse_directory

__all__ = [
    "COUNTRY_CODES",
    "MOST_COUNTRIES_OFFERED",
    "MOST_LINES_SHOWN",
    "Directory",
    "EmergencyNumber",
    "Helpline",
    "HelplineFault",
    "Options",
    "find_country",
    "parse_directory",
]
