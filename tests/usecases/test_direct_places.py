from __future__ import annotations

from datetime import timedelta

from bot.usecases.send_direct import send_direct
from bot.views.notices import notice
from tests.usecases.study import Study

DAY = timedelta(days=1)


async def tell(study: Study, about: str) -> bool:
    """Whether Asha was told, once, about `about`."""
    mine = study.id("asha")
    return await send_direct(
        study.ports, await study.group(), mine, "notice", f"{about}|{mine}", notice(f"About {about}.")
    )


async def test_what_was_said_on_another_day_takes_no_place_of_this_one(opened: Study) -> None:
    """A notice that is owed again after it was said is not said again, and leaves the day's two places free."""
    assert await tell(opened, "monday")
    opened.sleep(DAY)
    assert [await tell(opened, about) for about in ("monday", "one", "two", "three")] == [True, True, True, False]
    assert opened.direct("asha")[-3:] == ["About monday.", "About one.", "About two."]
