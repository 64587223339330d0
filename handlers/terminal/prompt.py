"""A real terminal, by prompt_toolkit: editing, history, completion, a line at the bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.styles import Style

from handlers.terminal.input_lines import CONTINUED, Interrupted
from handlers.terminal.plain_text import safe

HISTORY_FILE = "keyboard_history"
MENU_LINES = 5

Suggest = Callable[[str], Iterable[tuple[str, int, str]]]
"""Text before the cursor -> (what to put there, start relative to the cursor, what it does)."""


class PromptLines:
    """Asks at a terminal. Enter sends, after a backslash it starts a new line; a pasted text keeps its lines.

    A message typed is wiped from the prompt, because the screen draws it where it belongs. What Ctrl-C cuts off stays
    in the history.
    """

    prefills = True

    def __init__(self, folder: Path, suggest: Suggest, hint: Callable[[], str]) -> None:
        """`hint` is the bottom line while there is no passing status."""
        self.leaves_typed = False
        self._status = ""
        self._hint = hint
        self._chat = self._session(
            history=FileHistory(str(folder / HISTORY_FILE)),
            completer=_Completing(suggest),
            erase_when_done=True,
        )
        self._field = self._session()

    async def ask(self, prompt: str, *, default: str = "", in_form: bool = False) -> str:
        """One message; a form's has no history and no completion."""
        session = self._field if in_form else self._chat
        return await session.prompt_async(safe(prompt), default=safe(default))

    def show_status(self, text: str) -> None:
        """Put the text on the bottom line."""
        self._status = text
        for session in (self._chat, self._field):
            session.app.invalidate()

    def aside(self) -> AbstractContextManager[None]:
        """Nothing to do: prompt_toolkit prints above the prompt."""
        return nullcontext()

    def _session(self, **more: object) -> PromptSession[str]:
        return PromptSession(
            multiline=True,
            key_bindings=_keys(),
            bottom_toolbar=lambda: safe(self._status or self._hint()),
            reserve_space_for_menu=MENU_LINES if "completer" in more else 0,
            style=Style.from_dict({"bottom-toolbar": "noreverse"}),
            **more,  # type: ignore[arg-type]  # forwarded as given above
        )


class _Completing(Completer):
    def __init__(self, suggest: Suggest) -> None:
        self._suggest = suggest

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        for what, start, meaning in self._suggest(document.text_before_cursor):
            yield Completion(what, start_position=start, display=safe(what), display_meta=safe(meaning))


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None
        elif buffer.document.text_before_cursor.endswith(CONTINUED):
            buffer.delete_before_cursor()
            buffer.newline(copy_margin=False)
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add("c-c")
    def interrupt(event: KeyPressEvent) -> None:
        event.current_buffer.append_to_history()
        event.app.exit(exception=Interrupted(event.current_buffer.text))

    return keys
