"""The pages of a list: buttons that turn them, and the sentence about one that does not exist."""

from __future__ import annotations

from commands.kit.contract import Args
from commands.kit.i18n import Text, _


def turns(args: Args, pages: int) -> list[tuple[Text, Args]]:
    """Return the buttons for the previous and next page, where they exist; ``args`` has a ``page``."""
    page: int = args.page  # type: ignore[attr-defined]
    turned: list[tuple[Text, Args]] = []
    if page > 1:
        turned.append((_("◀ Previous"), args.model_copy(update={"page": page - 1})))
    if page < pages:
        turned.append((_("Next ▶"), args.model_copy(update={"page": page + 1})))
    return turned


def no_page(page: int, pages: int) -> Text:
    """Return the sentence about a page past the last one."""
    return _("There is no page {page}: the last one is {last}.").format(page=page, last=max(pages, 1))
