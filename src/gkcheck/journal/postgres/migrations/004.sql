-- A writer's turn is short and its queue is a queue: it waits on a row that nobody updates, and what it has to know is
-- answered with the turn.

-- Whoever waits for a row that is then updated wakes up with all the others that wait for it, and queues anew on its next
-- version: at every commit all of them. A row that is only locked wakes the next one alone, in the order of their coming.
CREATE TABLE gkcheck.turns (
    plan text COLLATE "C" PRIMARY KEY
);
REVOKE USAGE ON TYPE gkcheck.turns FROM PUBLIC;
INSERT INTO gkcheck.turns (plan) SELECT q.plan FROM gkcheck.queue q;

-- As before, on that row; then on the row of the queue, which only the one that has the turn waits for: a writer of
-- version 3 that was in its turn when this step was applied.
CREATE OR REPLACE FUNCTION gkcheck.take_turn(plan text, wait boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT (gkcheck.is_office($1) OR EXISTS (SELECT FROM gkcheck.own_grants() g WHERE g.plan = $1 AND g.kind = 'unit')) THEN
        RAISE EXCEPTION 'not a writer of this plan' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT wait THEN
        PERFORM FROM gkcheck.turns t JOIN gkcheck.queue q USING (plan) WHERE t.plan = $1 FOR UPDATE SKIP LOCKED;
        RETURN FOUND;
    END IF;
    PERFORM FROM gkcheck.turns t WHERE t.plan = $1 FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO gkcheck.turns (plan) VALUES ($1) ON CONFLICT DO NOTHING;
        PERFORM FROM gkcheck.turns t WHERE t.plan = $1 FOR UPDATE;
    END IF;
    PERFORM FROM gkcheck.queue q WHERE q.plan = $1 FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO gkcheck.queue (plan) VALUES ($1) ON CONFLICT DO NOTHING;
        PERFORM FROM gkcheck.queue q WHERE q.plan = $1 FOR UPDATE;
    END IF;
    RETURN true;
END
$$;

-- Take the turn, waiting for each lock as long as `patience` says, and answer the last entry's seq and time and, as
-- `current` does, the lines that decide: null where an entry is about a day after `day`, for then all have to be read.
-- Its commit waits for the disk, whatever the session has set. With the owner's rights, as `take_turn` lets writers in
-- alone; every statement sees what was committed before the turn began, where the transaction is READ COMMITTED.
CREATE FUNCTION gkcheck.begin_turn(
    plan text, patience text, tasks integer[], units text[], day date, zone interval,
    OUT seq bigint, OUT at text, OUT payloads text[]
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    before text := current_setting('lock_timeout');
BEGIN
    -- A new session loads catalogs, and compiles and plans what it calls, four times as long as a turn takes: whoever
    -- records one thing and leaves does it while it waits for nobody, and nobody for it.
    IF current_setting('gkcheck.is_warm', true) IS DISTINCT FROM 'true' THEN
        PERFORM gkcheck.has_later($1, day, zone);
        PERFORM FROM gkcheck.current($1, '{0}', '{}');
        PERFORM FROM gkcheck.read_line($1, '{"seq":1,"at":"2019-01-01T00:00:00.000000+08:00","by":"x","task":1,"unit":"x","action":"done","of":null,"note":null,"evidence":[{"kind":"url","value":"x"}],"on":"2019-01-01","batch":"x","id":"71e339b2df57affc0e512c8c71134ce9"}');
        PERFORM set_config('gkcheck.is_warm', 'true', false);
    END IF;
    PERFORM set_config('lock_timeout', patience, true);
    PERFORM gkcheck.take_turn($1, true);
    PERFORM set_config('lock_timeout', before, true);
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    SELECT e.seq, e.at INTO seq, at FROM gkcheck.entries e WHERE e.plan = $1 ORDER BY e.seq DESC LIMIT 1;
    IF tasks = '{}' THEN
        payloads := '{}';
    ELSIF NOT gkcheck.has_later($1, day, zone) THEN
        payloads := ARRAY(SELECT gkcheck.current($1, tasks, units));
    END IF;
END
$$;

-- As before, and `begin_turn`.
CREATE OR REPLACE FUNCTION gkcheck.grant_rights(role name, writes boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA gkcheck TO %I', role);
    EXECUTE format('GRANT SELECT ON gkcheck.entries, gkcheck.set_aside TO %I', role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION gkcheck.own_grants(), gkcheck.current(text, integer[], text[]),'
        ' gkcheck.has_later(text, date, interval) TO %I', role);
    IF writes THEN
        EXECUTE format('GRANT INSERT (plan, payload) ON gkcheck.entries TO %I', role);
        EXECUTE format('GRANT EXECUTE ON FUNCTION gkcheck.take_turn(text, boolean),'
            ' gkcheck.begin_turn(text, text, integer[], text[], date, interval),'
            ' gkcheck.unit_may(text, bigint, integer, text, text, text, text) TO %I', role);
    END IF;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA gkcheck FROM PUBLIC;

-- Of a database of version 3: the new right of its roles.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT m.role, bool_or(m.kind <> 'reader') AS writes FROM gkcheck.members m
               JOIN pg_roles r ON r.rolname = m.role GROUP BY m.role LOOP
        PERFORM gkcheck.grant_rights(one.role, one.writes);
    END LOOP;
END
$$;
