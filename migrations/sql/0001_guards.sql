-- What keeps the ledger and the audit right whatever the code does.

-- Rows that are written once. The grant below says so too; this also stops a superuser's slip.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON policy_version
    FOR EACH ROW EXECUTE FUNCTION append_only();

REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transfer, audit_entry, policy_version FROM PUBLIC, CURRENT_USER;

-- Running totals change only from inside ledger_apply, and an account is never removed or given away.
CREATE FUNCTION ledger_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a ledger account is never removed' USING ERRCODE = 'insufficient_privilege';
    ELSIF TG_OP = 'INSERT' THEN
        IF (NEW.debits_pending, NEW.debits_posted, NEW.credits_pending, NEW.credits_posted) <> (0, 0, 0, 0) THEN
            RAISE EXCEPTION 'a ledger account begins at nought' USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSIF pg_trigger_depth() < 2 OR (NEW.id, NEW.commissioner_id, NEW.owner_kind, NEW.owner_id, NEW.stream)
        IS DISTINCT FROM (OLD.id, OLD.commissioner_id, OLD.owner_kind, OLD.owner_id, OLD.stream) THEN
        RAISE EXCEPTION 'running totals follow from transfers alone' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER ledger_account_guard BEFORE INSERT OR UPDATE OR DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_guard();

-- One statement's transfers, applied together: one pass over the accounts, in the order of their ids, so that a
-- month's payment into thousands of budgets costs little and two transactions never wait for each other in a ring.
CREATE FUNCTION ledger_apply() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong uuid;
BEGIN
    SELECT t.id INTO wrong
    FROM new_transfers t
        JOIN ledger_account d ON d.id = t.debit_account_id
        JOIN ledger_account c ON c.id = t.credit_account_id
    WHERE d.commissioner_id <> t.commissioner_id OR c.commissioner_id <> t.commissioner_id OR d.stream <> c.stream
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'transfer % crosses commissioners or streams', wrong USING ERRCODE = 'check_violation';
    END IF;

    SELECT t.id INTO wrong
    -- joined by the id alone: offered the accounts too, the planner may read all that an account ever did
    FROM new_transfers t LEFT JOIN ledger_transfer p ON p.id = t.pending_id
    WHERE t.pending_id IS NOT NULL AND (
        (p.phase, p.commissioner_id, p.debit_account_id, p.credit_account_id)
            IS DISTINCT FROM ('pending', t.commissioner_id, t.debit_account_id, t.credit_account_id)
        OR t.amount_pence > p.amount_pence
    )
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'transfer % does not fit the hold it names', wrong USING ERRCODE = 'check_violation';
    END IF;

    PERFORM 1 FROM ledger_account
    WHERE owner_kind = 'budget' AND id IN (
        SELECT debit_account_id FROM new_transfers UNION SELECT credit_account_id FROM new_transfers
    )
    ORDER BY id FOR NO KEY UPDATE;

    UPDATE ledger_account a SET
        debits_pending = a.debits_pending + x.debits_pending,
        debits_posted = a.debits_posted + x.debits_posted,
        credits_pending = a.credits_pending + x.credits_pending,
        credits_posted = a.credits_posted + x.credits_posted
    FROM (
        SELECT account_id,
            sum(CASE WHEN is_debit THEN pending ELSE 0 END) AS debits_pending,
            sum(CASE WHEN is_debit THEN posted ELSE 0 END) AS debits_posted,
            sum(CASE WHEN is_debit THEN 0 ELSE pending END) AS credits_pending,
            sum(CASE WHEN is_debit THEN 0 ELSE posted END) AS credits_posted
        FROM (
            SELECT s.account_id, s.is_debit,
                CASE t.phase WHEN 'pending' THEN t.amount_pence
                    WHEN 'post' THEN -p.amount_pence WHEN 'void' THEN -p.amount_pence ELSE 0 END AS pending,
                CASE WHEN t.phase IN ('posted', 'post') THEN t.amount_pence ELSE 0 END AS posted
            FROM new_transfers t
                LEFT JOIN ledger_transfer p ON p.id = t.pending_id
                CROSS JOIN LATERAL (VALUES (t.debit_account_id, true), (t.credit_account_id, false))
                    AS s (account_id, is_debit)
        ) side
        GROUP BY account_id
    ) x
    WHERE a.id = x.account_id AND a.owner_kind = 'budget';

    -- the month's roll-up; a hold leaves the month in which it was made
    INSERT INTO ledger_month AS m (account_id, period, tag_id, money_in, refunded, spent, taken_back, promised)
    SELECT account_id, period, tag_id, sum(money_in), sum(refunded), sum(spent), sum(taken_back), sum(promised)
    FROM (
        SELECT t.credit_account_id AS account_id, t.period,
            COALESCE(t.tag_id, '00000000-0000-0000-0000-000000000000') AS tag_id,
            CASE WHEN o.owner_kind = 'payee' THEN 0 ELSE t.amount_pence END AS money_in,
            CASE WHEN o.owner_kind = 'payee' THEN t.amount_pence ELSE 0 END AS refunded,
            0 AS spent, 0 AS taken_back, 0 AS promised
        FROM new_transfers t JOIN ledger_account o ON o.id = t.debit_account_id
        WHERE t.phase = 'posted'
        UNION ALL
        SELECT t.debit_account_id, t.period, COALESCE(t.tag_id, '00000000-0000-0000-0000-000000000000'), 0, 0,
            CASE WHEN t.phase IN ('posted', 'post') AND o.owner_kind = 'payee' THEN t.amount_pence ELSE 0 END,
            CASE WHEN t.phase IN ('posted', 'post') AND o.owner_kind <> 'payee' THEN t.amount_pence ELSE 0 END,
            CASE WHEN t.phase = 'pending' THEN t.amount_pence ELSE 0 END
        FROM new_transfers t JOIN ledger_account o ON o.id = t.credit_account_id
        WHERE t.phase <> 'void'
        UNION ALL
        SELECT p.debit_account_id, p.period, COALESCE(p.tag_id, '00000000-0000-0000-0000-000000000000'), 0, 0, 0, 0,
            -p.amount_pence
        FROM new_transfers t JOIN ledger_transfer p ON p.id = t.pending_id
    ) x JOIN ledger_account a ON a.id = x.account_id AND a.owner_kind = 'budget'
    GROUP BY account_id, period, tag_id
    ORDER BY account_id, period, tag_id
    ON CONFLICT (account_id, period, tag_id) DO UPDATE SET
        money_in = m.money_in + EXCLUDED.money_in,
        refunded = m.refunded + EXCLUDED.refunded,
        spent = m.spent + EXCLUDED.spent,
        taken_back = m.taken_back + EXCLUDED.taken_back,
        promised = m.promised + EXCLUDED.promised;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_apply AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS new_transfers FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply();
