-- The one change that rows written once can meet: when somebody's time is over their words go, and nothing else.
-- Figures, dates, who decided and what a row belongs to stay as they were, and rows are never deleted.

CREATE FUNCTION time_is_over(uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM person WHERE id = $1 AND removed_at IS NOT NULL)
$$;

-- The digest of an entry as it was written. Where its words went, the digest that was kept of them: whatever is built on
-- digests (a seal, a chain) goes on holding.
CREATE FUNCTION audit_entry_digest(e audit_entry) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT COALESCE(e.removed_digest, encode(sha256(convert_to(jsonb_build_array(
        e.id, (extract(epoch FROM e.written_at) * 1000000)::bigint, e.commissioner_id, e.actor_id, e.actor_name,
        e.actor_role, e.person_id, e.verb, e.subject_kind, e.subject_id, e.sentence, e.why, e.details
    )::text, 'UTF8')), 'hex'))
$$;

-- The audit: only what is more than a year old, of a person whose time is over or an account that was closed for good,
-- in a run that is on record, with the digest of what was there (``flask audit verify`` goes on with it).
CREATE FUNCTION audit_entry_words_go() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE words text[] := ARRAY['sentence', 'why', 'details', 'actor_name', 'removed_in', 'removed_digest'];
BEGIN
    IF TG_OP = 'UPDATE'
        AND OLD.removed_in IS NULL
        AND NEW.sentence = 'Removed' AND NEW.why = '' AND NEW.details = '{}'
        AND NEW.actor_name IN (OLD.actor_name, 'Somebody')
        AND NEW.removed_digest = audit_entry_digest(OLD)
        AND to_jsonb(NEW) - words = to_jsonb(OLD) - words
        AND OLD.written_at < now() - interval '1 year'
        AND EXISTS (SELECT FROM retention_run WHERE id = NEW.removed_in AND finished_at IS NULL)
        AND (time_is_over(OLD.person_id)
            OR (OLD.person_id IS NULL
                AND EXISTS (SELECT FROM account WHERE passphrase_hash = '' AND closed_at IS NOT NULL
                    AND (id = OLD.actor_id OR (OLD.subject_kind = 'account' AND id = OLD.subject_id)))))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION ledger_transfer_words_go() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE words text[] := ARRAY['memo', 'actor_name'];
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.memo = 'Removed' AND NEW.actor_name = 'Somebody'
        AND to_jsonb(NEW) - words = to_jsonb(OLD) - words
        AND EXISTS (
            SELECT FROM budget_stream s JOIN budget b ON b.id = s.budget_id
            WHERE s.ledger_account_id IN (OLD.debit_account_id, OLD.credit_account_id) AND time_is_over(b.person_id))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION purchase_decision_words_go() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE words text[] := ARRAY['findings', 'facts'];
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.findings = '[]' AND NEW.facts = '{}'
        AND to_jsonb(NEW) - words = to_jsonb(OLD) - words
        AND EXISTS (SELECT FROM purchase p WHERE p.id = OLD.purchase_id AND time_is_over(p.person_id))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

-- Any other table that is written once and has ``person_id``: the columns named go, to nothing or to one of our words.
CREATE FUNCTION person_words_go() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE word text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV AND time_is_over(OLD.person_id) THEN
            FOREACH word IN ARRAY TG_ARGV LOOP
                IF to_jsonb(NEW) ->> word NOT IN ('', 'Removed', 'Somebody', '[]', '{}') THEN
                    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
                END IF;
            END LOOP;
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
