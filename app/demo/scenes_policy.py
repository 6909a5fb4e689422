"""The board's own policy: a second version since last month, and a draft that waits for a second person."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock
from app.demo.scenes import Scene
from app.demo.world import World
from app.policy import drafts
from app.policy import queries as policies
from app.policy.changing import RuleChange, WordsChange, with_figures, with_rule, with_words
from app.policy.document import PolicyDocument
from app.policy.rules import Action
from app.purchases import policy_news, trials


def scenes(world: World) -> list[Scene]:
    """What Joy drafted and Kofi published last month, and what she asks him to look at now."""
    joy, kofi = (world.actor(world.accounts[key]) for key in ("joy", "kofi"))
    board, sam = world.board.id, world.people["sam"]
    last_month = clock.add_months(world.this_month, -1)
    refs: dict[str, str] = {}

    def change(ref: str, document: PolicyDocument, why: str = "") -> None:
        drafts.change(joy, ref, policies.draft_for(joy, ref).version, document, why)

    def mine(ref: str) -> PolicyDocument:
        return policies.draft_document(policies.draft_for(joy, ref))

    def patches() -> None:
        ref = refs["patches"] = drafts.start(joy, board).ref
        why = "Patches and gum are a help to stop. The stop smoking team asked that nobody has to wait for them."
        rule = mine(ref).rules["nicotine-replacement"]
        step = "Your stop smoking service and your pharmacist may give these to you free, so ask there too."
        sentence = "Things that help you stop smoking are a good thing. You can go on."
        change(ref, with_rule(mine(ref), rule.code, RuleChange(Action.WARN, {}, sentence, step)), why)
        flutter = WordsChange(put_in="coin pusher evening, race night supper")
        supper = "These are evenings out with friends, and the supper is most of the price. A person can look first."
        change(ref, with_words(mine(ref), "gambling-maybe", flutter), supper)
        begins = clock.today() + timedelta(days=5)
        summary = "Patches and gum without waiting, and two more words for a flutter at a club."
        policy_news.ask(joy, ref, policies.draft_for(joy, ref).version, summary, begins)

    def publish() -> None:
        draft = policies.draft_for(kofi, refs["patches"])
        policy_news.publish(kofi, draft.ref, draft.version, draft.starts_on)

    def lower() -> None:
        ref = refs["lower"] = drafts.start(joy, board).ref
        change(ref, with_figures(mine(ref), {"item_threshold_pence": "£200", "split_days": "10 days"}))
        why = "Fifteen of these came to the queue since spring and every one was fine. Let people go on."
        rule = mine(ref).rules["alcohol-free-drinks"]
        free = "This looks like an alcohol-free drink. You can go on when it helps with something in your plan."
        change(ref, with_rule(mine(ref), rule.code, RuleChange(Action.WARN, {}, free, rule.next_step)), why)
        trials.begin(joy, ref, 6, at_once=True)

    def ask() -> None:
        draft = policies.draft_for(joy, refs["lower"])
        summary = "A person looks at dearer things sooner, and alcohol-free drinks go through."
        policy_news.ask(joy, draft.ref, draft.version, summary, world.today + timedelta(days=14))

    return [
        Scene(world.moment(last_month + timedelta(days=2), 10, 15), sam, patches),
        Scene(world.moment(last_month + timedelta(days=4), 15, 40), sam, publish),
        Scene(world.ago(3, 11, 5), sam, lower),
        Scene(world.ago(2, 9, 50), sam, ask),
    ]
