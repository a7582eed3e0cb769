"""What must hold at the end of every story, whatever happened in it."""

from tests.sim.story import End, Story
from tests.sim.world import World


def broken_promises(story: Story) -> list[str]:
    """Return the promises that a story broke; none when all is well."""
    kept = story.erp.of_key(story.key)
    broken = []
    if len(kept) > 1:
        broken.append(f"I1: {len(kept)} documents under one key")
    if story.end is None:
        broken.append("I2: the order is lost: it neither ended nor waits for anybody")
    if story.end is End.POSTED:
        broken += _posted(story)
    elif kept:
        broken.append(f"I2: {story.end}, but the ERP has its document")
    return broken


def _posted(story: Story) -> list[str]:
    kept, posted = story.erp.of_key(story.key), story.posted
    if posted is None or not kept:
        return ["I3: posted, but the ERP has no document"]
    broken = []
    if story.entry != kept[0].entry:
        broken.append(f"I3: recorded is {story.entry}, the ERP has {kept[0].entry}")
    if posted.differences:
        broken.append(f"I3: a difference where there is none: {posted.differences}")
    return broken


def broken_by_a_restart(story: Story) -> list[str]:
    """Restart the posted order from the beginning, as a reset does; return the promises broken by it."""
    creates, first = story.erp.creates, story.entry
    again = Story(_calm(story), story.erp, story.postings, story.placed)
    again.tell()
    broken = broken_promises(again)
    if story.erp.creates != creates:
        broken.append("I6: a restart sent the order again")
    if again.entry != first:
        broken.append("I6: a restart ended in another document")
    return broken


def _calm(story: Story) -> World:
    calm = World(story.world.clock, story.world.random)
    story.erp.world = calm
    story.erp.reads_fail = story.erp.previews_refuse = 0
    return calm
