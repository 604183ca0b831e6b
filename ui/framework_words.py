"""The framework's own English, which it has no way to translate, put in the reader's words.

Streamlit 1.67 writes in English what it says of itself: the names of help icons, the notice of
a lost connection, the hint beside a field that is being typed in. A script in the page replaces
those texts, and only those, in the places where the framework writes them: what a user typed is
never looked at there. ``tests/browser/test_framework_words.py`` says when a new version of
Streamlit writes others.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from ui.words import Language, Words, words_in

SCRIPT = Path(__file__).parent / "framework_words.js"


@dataclass(frozen=True, slots=True)
class Rule:
    """A text of the framework: the name of our sentence, where it stands, and how it reads.

    A group of the pattern is what stands in the hole of the sentence.
    """

    name: str
    place: str
    pattern: str


_HELP = "[data-testid=stTooltipHoverTarget], [data-testid=stTooltipIcon]"
_ICON = "[role=img]"
_RUNNING = "[data-testid=stStatusWidget]"
_STATUS = f"{_RUNNING}, [data-testid=stTooltipContent]"
_DIALOG = "[role=dialog]"
_HINT = "[data-testid=InputInstructions]"
_LIST = "[data-testid=stSelectbox], [data-testid=stMultiSelect]"
_OPTIONS = "[role=listbox], [data-testid=stSelectboxVirtualDropdown]"
_SPOKEN = "[data-live-announcer]"
_FAILURE = "[data-testid=stException], [data-testid=stAlertContentError]"

ATTRIBUTES = (
    Rule("help_for", _HELP, "^Help for (.*)$"),
    Rule("help", _HELP, "^Help$"),
    Rule("running", _RUNNING, r"^Running\.\.\.$"),
    Rule("close", _DIALOG, "^Close$"),
    Rule("copy_to_clipboard", "button", "^Copy to clipboard$"),
    Rule("copied", "button", "^Copied$"),
    Rule("fullscreen", "button", "^Fullscreen$"),
    Rule("close_fullscreen", "button", "^Close fullscreen$"),
    Rule("clear", _LIST, "^Clear (?:value|all)$"),
    Rule("clear", "[data-testid=stTextInputClearButton]", "^Clear entry$"),
    Rule("open", _LIST, "^Open$"),
    Rule("choose", _LIST, "^(?:Choose|Add) (?:an option|options)$"),
    Rule("no_options", _LIST, "^No options to select$"),
    Rule("remove", _LIST, "^Remove (.*)$"),
    Rule("selected_values", _LIST, "^Selected values$"),
    Rule("show_password", "[data-testid=stTextInput] button", "^Show password$"),
    Rule("hide_password", "[data-testid=stTextInput] button", "^Hide password$"),
    Rule("suggestions", "[role=listbox], button", "^(?:Show s|S)uggestions$"),
    Rule("loading", _ICON, "^Loading$"),
    Rule("icon", _ICON, r"^\w+ icon$"),
)
TEXTS = (
    Rule("skip", "[data-testid=stSkipToContent]", "^Skip to main content$"),
    Rule("stop", _RUNNING, "^Stop$"),
    Rule("stopping", _RUNNING, r"^Stopping\.\.\.$"),
    Rule("connecting", _STATUS, "^Connecting(?: to Streamlit server| to static app)?$"),
    Rule("no_connection", _RUNNING, "^Error$"),
    Rule("no_connection", _STATUS, "^Unable to connect to Streamlit server$"),
    Rule("connection_lost", _DIALOG, "^Connection error$"),
    Rule("server_stopped", _DIALOG, "^Is Streamlit still running[?].*$"),
    Rule("server_stopped", _DIALOG, "^Streamlit server is not responding[.].*$"),
    Rule("server_stopped", _DIALOG, "^Cannot connect to Streamlit .*$"),
    Rule("page_not_found", _DIALOG, "^Page not found$"),
    Rule(
        "page_missing", _DIALOG, "^(?:You have requested page|The page that you have requested).*$"
    ),
    Rule("press_enter", _HINT, "^Press Enter to (?:apply|submit form)$"),
    Rule("press_ctrl_enter", _HINT, r"^Press (?:Ctrl|⌘)\+Enter to (?:apply|submit form)$"),
    Rule("no_results", _OPTIONS, "^No results$"),
    Rule("most_options", _OPTIONS, r"^You can only select up to (\d+) options?\..*$"),
    Rule("options", _SPOKEN, r"^(\d+) options? available\.$"),
    Rule("selected", _SPOKEN, "^(.*), selected$"),
    Rule("copy_to_clipboard", "[data-testid=stTooltipContent]", "^Copy to clipboard$"),
    Rule("copied", "[data-testid=stTooltipContent]", "^Copied$"),
    Rule("copied", _FAILURE, "^Copied$"),
    Rule("copy", _FAILURE, "^Copy$"),
    Rule("failure", _FAILURE, r"^This app has encountered an error\..*$"),
)


@cache
def script(language: Language) -> str:
    """Return the script with its sentences; it does nothing where it already ran with them.

    The dialog of a lost connection also tells the visitor to type a command: it is hidden.
    """
    t = words_in(language)
    attributes, texts = (
        json.dumps([_ready(rule, t) for rule in rules]) for rules in (ATTRIBUTES, TEXTS)
    )
    script = SCRIPT.read_text(encoding="utf-8")
    return (
        "<style>.stErrorCodeBlock { display: none }</style>"
        f"<script>({script.strip()})({attributes}, {texts})</script>"
    )


def _ready(rule: Rule, t: Words) -> dict[str, str]:
    """Return a rule as the script takes it, with the sentence in the place of its name."""
    return asdict(rule) | {"sentence": t(f"framework.{rule.name}", text="$1")}
