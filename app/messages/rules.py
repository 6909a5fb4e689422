"""Notices and messages: their kinds and limits. Pure."""

from __future__ import annotations

from enum import StrEnum

MAX_BODY = 4000
MAX_TOPIC = 120


class ConversationState(StrEnum):
    """Whose turn it is in a conversation about anything."""

    WITH_STAFF = "with_staff"
    WITH_PERSON = "with_person"
    CLOSED = "closed"


CONVERSATION_WORDS: dict[ConversationState, str] = {
    ConversationState.WITH_STAFF: "Waiting for an answer",
    ConversationState.WITH_PERSON: "Answered",
    ConversationState.CLOSED: "Finished",
}


class NoticeKind(StrEnum):
    """What a notice tells."""

    TO_CONFIRM = "to_confirm"  # a broker prepared something
    CONFIRMED = "confirmed"  # the person's side said yes or no to it
    TO_DECIDE = "to_decide"  # a coordinator has something to decide
    DECIDED = "decided"
    INFORMATION_WANTED = "information_wanted"
    ANSWERED = "answered"
    MESSAGE = "message"
    HANDED_OVER = "handed_over"
    TAKEN_BACK = "taken_back"
    MONEY_IN = "money_in"
    REGULAR = "regular"  # something bought again and again did not go through, or changed
    PRICE_RISE = "price_rise"  # a provider asks more for it: say yes, end it, or ask
    ORDER = "order"  # something is to be delivered, and what the provider says of it
    REMINDER = "reminder"  # to a coordinator: it is due today
    LATE = "late"  # to the team's lead, and with a new day to the person's side
    POLICY = "policy"  # a draft of the spending policy wants a second person, or has met one
    PROBLEM = "problem"  # something went wrong with what was paid for
    ACCOUNT = "account"  # how one signs in has changed, or was used somewhere new
    ACTING = "acting"  # who acts for whom, and how far
    LIFE = "life"  # sixteen, capacity, a death, a move
    RECORDS = "records"  # a copy of everything held is ready, or something was put right
    REVIEW = "review"  # a review of plan and money: announced, near, held
    LOOKED = "looked"  # somebody looked because of a concern
    CONCERN = "concern"  # to staff who have a part in one
    FOUND = "found"  # something new of what somebody asked us to look out for


class About(StrEnum):
    """What a notice or a thread is about: the shell turns it and the reference into an address."""

    PURCHASE = "purchase"  # about_ref: the purchase
    REQUEST = "request"  # about_ref: the approval request, for staff
    ORDER = "order"  # about_ref: the purchase, for the provider
    BUDGET = "budget"  # about_ref: empty; the person's home page
    REGULAR = "regular"  # about_ref: what is bought again and again
    BASKET = "basket"  # about_ref: one of the purchases that were sent together
    MOVE = "move"  # about_ref: empty; the page of what was moved
    CONVERSATION = "conversation"  # about_ref: the conversation, as the person's side sees it
    STAFF_CONVERSATION = "staff_conversation"  # about_ref: the conversation, as staff see it
    IDEA = "idea"  # about_ref: the idea
    PROBLEM = "problem"  # about_ref: what went wrong with a purchase, for staff
    WATCH = "watch"  # about_ref: the watched search
    ENQUIRY = "enquiry"  # about_ref: the question to a provider, for the person's side
    PROVIDER_ENQUIRY = "provider_enquiry"  # the same, for the provider
    REVIEW = "review"  # about_ref: what somebody said of a provider, for who said it
    PROVIDER_REVIEW = "provider_review"  # the same, for the provider
    POLICY = "policy"  # about_ref: the draft of the spending policy, for admins
    ACCOUNT = "account"  # about_ref: empty; one's own account page
    ACTING = "acting"  # about_ref: empty; who acts for the person
    STAFF_ACTING = "staff_acting"  # about_ref: the person, for staff
    PLAN_REVIEW = "plan_review"  # about_ref: the review of plan and money, for the person's side
    STAFF_PLAN_REVIEW = "staff_plan_review"  # the same, for staff
    CONCERN = "concern"  # about_ref: the concern, for the person's side
    STAFF_CONCERN = "staff_concern"  # the same, for staff who have a part in it
    REVIEW_DUE = "review_due"  # about_ref: empty; the reviews of a person, for their coordinator
    SUGGESTION = "suggestion"  # about_ref: the provider somebody missed
    LIFE = "life"  # about_ref: which page of the person's: sixteen, or changes
    STAFF_LIFE = "staff_life"  # about_ref: which staff page about them, see tell_staff; or handovers
    DOWNLOAD = "download"  # about_ref: the copy of everything held
    DETAILS = "details"  # about_ref: empty; the person's page of who they are
    LOST_STEP = "lost_step"  # about_ref: empty; what became of a lost second step, for whoever asked


#: They lead to a person's own pages: for whoever acts for the person, and for nobody any more once that has ended.
PERSON_SIDE = frozenset(
    {
        About.PURCHASE,
        About.BUDGET,
        About.REGULAR,
        About.BASKET,
        About.MOVE,
        About.CONVERSATION,
        About.IDEA,
        About.WATCH,
        About.ENQUIRY,
        About.REVIEW,
        About.SUGGESTION,
    }
)

#: E-mails say little: they are read on lock screens and shared computers.
EMAIL_LINES: dict[About, str] = {
    About.PURCHASE: "There is news about a purchase.",
    About.REQUEST: "There is something for you to look at.",
    About.ORDER: "There is news about an order.",
    About.BUDGET: "There is news about a budget.",
    About.POLICY: "There is news about the spending policy.",
    About.REGULAR: "There is news about something bought again and again.",
    About.BASKET: "There is news about things from a basket.",
    About.MOVE: "There is news about your budget.",
    About.CONVERSATION: "There is an answer for you.",
    About.STAFF_CONVERSATION: "There is a message for you to answer.",
    About.IDEA: "There is news about your idea.",
    About.PROBLEM: "There is something for you to look at.",
    About.WATCH: "There is something new of what you asked us to look out for.",
    About.ENQUIRY: "A provider wrote to you.",
    About.PROVIDER_ENQUIRY: "Somebody wrote to you about what you offer.",
    About.REVIEW: "There is news about your review.",
    About.PROVIDER_REVIEW: "There is news about a review of what you offer.",
    About.ACCOUNT: "There is news about how you sign in.",
    About.ACTING: "There is news about who acts for somebody.",
    About.STAFF_ACTING: "There is something for you to look at.",
    About.PLAN_REVIEW: "There is news about a review.",
    About.STAFF_PLAN_REVIEW: "There is something for you to look at.",
    About.CONCERN: "There is news about a budget.",
    About.STAFF_CONCERN: "There is something for you to look at.",
    About.REVIEW_DUE: "There is something for you to look at.",
    About.SUGGESTION: "There is news about the provider you suggested.",
    About.LIFE: "There is something for you to read.",
    About.STAFF_LIFE: "There is something for you to look at.",
    About.DOWNLOAD: "There is something for you to fetch.",
    About.DETAILS: "There is news about something you asked us to put right.",
    About.LOST_STEP: "There is something for you to look at.",
}
