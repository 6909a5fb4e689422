"""What is held on a person: what was said, who looked, what they asked of us; and what an account holds itself."""

from __future__ import annotations

from app.audit.sealing import NAMES_GO
from app.identity.rules import Permission
from app.records.held import LETS_IN, OF_CONVERSATION, OF_PERSON, OF_THREAD, OWN_SIDE, WHERE_KEPT, Held, Then
from app.records.holdings_gate import UNTOLD

_OWN = "t.account_id = ANY(:accounts)"
_TEAM = "the team's own diary"

TALKING: tuple[Held, ...] = (
    Held("thread", "threads", "What messages are about", person=OF_PERSON, needs=Permission.READ_MESSAGES),
    Held("message", "messages", "Messages, from you and to you", person=OF_THREAD, needs=Permission.READ_MESSAGES),
    Held(
        "conversation",
        "conversations",
        "What you talked about with a coordinator",
        person=OF_PERSON,
        needs=Permission.READ_MESSAGES,
    ),
    Held(
        "attachment",
        "attachments",
        "Files sent with messages; they are in the folder “files”",
        person=OF_CONVERSATION,
        needs=Permission.READ_MESSAGES,
        leave_out={"stored_name": WHERE_KEPT},
    ),
    Held(
        "notice",
        "notices",
        "What we told you",
        # what staff, providers and brokers are told is about their work
        person=f"{OF_PERSON} AND {OWN_SIDE}",
        goes=OF_PERSON,
        account=_OWN,
        needs=Permission.READ_MESSAGES,  # they say what messages are about
    ),
    Held(
        "audit_entry",
        "who_did_what",
        "Who did what, and who looked",
        person=f"{OF_PERSON} AND (t.subject_id IS NULL OR t.subject_id NOT IN {UNTOLD})",
        goes=OF_PERSON,
        account="t.actor_id = ANY(:accounts)",
        leave_out={
            "removed_digest": "our own proof that nothing was changed",
            "removed_in": "our own proof that nothing was changed",
            "actor_id": "the name stands beside it",
        },
        then=Then.BLANK,
        # who of the staff did it stays, in their own name: they answer for their work
        blank={
            "sentence": "'Removed'",
            "why": "''",
            "details": "'{}'",
            "actor_name": f"CASE WHEN t.actor_role IN {NAMES_GO} THEN 'Somebody' ELSE t.actor_name END",
        },
    ),
    Held("correction", "corrections", "What you asked to be put right, and your notes", person=OF_PERSON),
    Held(
        "download",
        "downloads",
        "When you asked for a copy like this",
        person=OF_PERSON,
        account=_OWN,
        leave_out={"stored_name": WHERE_KEPT},
    ),
    Held(
        "record_hold",
        "kept_longer",
        "Why your records are kept longer than their time",
        # of a concern the person may have to be told later, by a decision of its own
        person=f"{OF_PERSON} AND t.kind <> 'concern'",
        goes=OF_PERSON,
    ),
)

ACCOUNTS: tuple[Held, ...] = (
    Held(
        "account",
        "your_sign_in",
        "Your sign-in",
        account="t.id = ANY(:accounts)",
        leave_out={"passphrase_hash": LETS_IN},
        then=Then.STAY,
        why="its name and address go when it acts for nobody any more (``tidying.close_accounts``)",
    ),
    Held(
        "sign_in_session",
        "times_signed_in",
        "When you signed in, in the last weeks",
        account=_OWN,
        leave_out={"token_hash": LETS_IN, "device_hash": "how we know a browser again"},
        then=Then.STAY,
        why="a time of its own (``rules.SIGN_IN_DAYS``)",
    ),
    Held(
        "staff_post",
        "roles",
        "Roles you hold or held",
        account=_OWN,
        then=Then.STAY,
        why="who could decide what, and when, is part of every decision",
    ),
    Held(
        "absence",
        "times_away",
        "When you were away",
        account=_OWN,
        leave_out={"cover_id": "who answered meanwhile is a colleague's affair"},
        then=Then.STAY,
        why=_TEAM,
    ),
    Held(
        "provider_member",
        "providers",
        "Providers whose page you keep",
        account=_OWN,
        then=Then.STAY,
        why="ends when somebody leaves the provider",
    ),
    Held(
        "authenticator",
        "authenticator",
        "That an app shows you codes",
        account=_OWN,
        leave_out={"sealed_secret": LETS_IN, "last_step": LETS_IN},
    ),
    Held(
        "passkey",
        "passkeys",
        "Your passkeys",
        account=_OWN,
        leave_out={"credential_id": LETS_IN, "public_key": LETS_IN},
    ),
    Held("kept_form", account=_OWN, why="locked, offered to whoever typed it, and gone within the hour"),
    Held(
        "nhs_link",
        "nhs_login",
        "That NHS login signs you in",
        account=_OWN,
        leave_out={"subject_hash": LETS_IN},
    ),
    Held("recovery_code", "recovery_codes", "Your codes on paper", account=_OWN, leave_out={"code_hash": LETS_IN}),
    Held(
        "mailed_link",
        "links_mailed",
        "Links we mailed you",
        account=_OWN,
        leave_out={"token_hash": LETS_IN, "bound_to": LETS_IN},
    ),
    Held("step_reset", "second_steps_taken_away", "A second step that was taken away for you", account=_OWN),
)
