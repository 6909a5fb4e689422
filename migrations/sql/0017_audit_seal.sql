-- The digest of an entry as it was written. Where its words went in time, the digest that was kept of them: whatever is
-- built on digests goes on holding.
CREATE FUNCTION audit_entry_digest(e audit_entry) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT COALESCE(e.removed_digest, encode(sha256(convert_to(jsonb_build_array(
        e.id, (extract(epoch FROM e.written_at) * 1000000)::bigint, e.commissioner_id, e.actor_id, e.actor_name,
        e.actor_role, e.person_id, e.verb, e.subject_kind, e.subject_id, e.sentence, e.why, e.details
    )::text, 'UTF8')), 'hex'))
$$;

-- Seals and the digests below them are written once.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_digest
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_digest
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

REVOKE UPDATE, DELETE, TRUNCATE ON audit_seal, audit_digest FROM PUBLIC, CURRENT_USER;
