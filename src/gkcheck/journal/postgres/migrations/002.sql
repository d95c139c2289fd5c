-- No role gains anything by what stands here: functions are executed only by those who need them, and those that act
-- with the owner's rights refuse to be triggers of another table before they look at a row of it. Writers queue on a
-- row that nobody but they can lock. Every field of a line is checked; seq neither runs away nor leaps.

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Writers of a plan take turns: the row belongs to one transaction at a time. `seq` is the greatest that is there,
-- `entries` how many there are.
CREATE TABLE gkcheck.queue (
    plan    text COLLATE "C" PRIMARY KEY,
    seq     bigint NOT NULL DEFAULT 0,
    entries bigint NOT NULL DEFAULT 0
);

-- Lines that an earlier version took in and that are no entries: kept, named by readers, never counted.
CREATE TABLE gkcheck.set_aside (
    plan       text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    payload    text COLLATE "C" NOT NULL,
    written_as name NOT NULL,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (plan, id)
);
ALTER TABLE gkcheck.set_aside ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON gkcheck.set_aside FOR SELECT
    USING (coalesce(plan = ANY (ARRAY(SELECT g.plan FROM gkcheck.own_grants() g)), false));

-- A table of a row type of ours would keep later versions from altering ours.
REVOKE USAGE ON TYPE gkcheck.entries, gkcheck.cells, gkcheck.undone, gkcheck.members, gkcheck.versions,
    gkcheck.queue, gkcheck.set_aside FROM PUBLIC;

-- The only way to wait for other writers. Without `wait`: false where another has the turn, or nobody ever had.
CREATE FUNCTION gkcheck.take_turn(plan text, wait boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT (gkcheck.is_office($1) OR EXISTS (SELECT FROM gkcheck.own_grants() g WHERE g.plan = $1 AND g.kind = 'unit')) THEN
        RAISE EXCEPTION 'not a writer of this plan' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT wait THEN
        PERFORM FROM gkcheck.queue q WHERE q.plan = $1 FOR UPDATE SKIP LOCKED;
        RETURN FOUND;
    END IF;
    PERFORM FROM gkcheck.queue q WHERE q.plan = $1 FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO gkcheck.queue (plan) VALUES ($1) ON CONFLICT DO NOTHING;
        PERFORM FROM gkcheck.queue q WHERE q.plan = $1 FOR UPDATE;
    END IF;
    RETURN true;
END
$$;

-- The columns of a line, but for those that say who wrote it; refuses a line that no gkcheck could read, or that
-- readers would take for something else than the rules here do.
CREATE FUNCTION gkcheck.read_line(plan text, payload text) RETURNS gkcheck.entries
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
    one   gkcheck.entries;
    plain text := payload;
    said  jsonb;
    item  jsonb;
BEGIN
    one.plan := plan;
    one.payload := payload;
    one.id := substr(encode(sha256(convert_to(left(payload, -41), 'UTF8')), 'hex'), 1, 32);
    IF right(payload, 41) <> ',"id":"' || one.id || '"}' THEN
        PERFORM gkcheck.refuse('the id is not the hash of the line');
    END IF;
    IF octet_length(payload) > 1048576 OR strpos(payload, E'\n') > 0 OR strpos(payload, E'\r') > 0 OR payload !~
       '^\{"seq":[1-9][0-9]{0,12},"at":"[^"\\]*","by":"([^"\\]|\\.)*","task":(null|[1-9][0-9]{0,9}),"unit":' THEN
        PERFORM gkcheck.refuse('the line does not begin as one');
    END IF;
    -- NUL can be written in JSON but not be held as text here; the line itself keeps it.
    IF strpos(payload, '\u0000') > 0 THEN
        plain := regexp_replace(payload, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g');
    END IF;
    said := plain::jsonb;  -- refuses lone surrogates
    IF (SELECT count(*) FROM json_object_keys(plain::json)) <> (SELECT count(*) FROM jsonb_object_keys(said)) THEN
        PERFORM gkcheck.refuse('a key stands twice');
    END IF;
    IF NOT coalesce(
        jsonb_typeof(said -> 'at') = 'string' AND jsonb_typeof(said -> 'by') = 'string'
        AND jsonb_typeof(said -> 'batch') = 'string' AND jsonb_typeof(said -> 'action') = 'string'
        AND jsonb_typeof(said -> 'unit') IN ('string', 'null') AND jsonb_typeof(said -> 'of') IN ('string', 'null')
        AND jsonb_typeof(said -> 'note') IN ('string', 'null') AND jsonb_typeof(said -> 'evidence') = 'array', false)
       OR EXISTS (SELECT FROM unnest(ARRAY['on', 'due', 'undoes', 'form']) key
                  WHERE jsonb_typeof(said -> key) NOT IN ('string', 'null')) THEN
        PERFORM gkcheck.refuse('a key is missing, or of another type');
    END IF;
    FOR item IN SELECT jsonb_array_elements(said -> 'evidence') LOOP
        IF jsonb_typeof(item) <> 'object' THEN
            PERFORM gkcheck.refuse('evidence is no object');
        END IF;
        IF NOT coalesce(item ->> 'kind' IN ('url', 'file', 'text') AND jsonb_typeof(item -> 'value') = 'string', false)
           OR item - ARRAY['kind', 'value', 'title', 'published', 'sha256'] <> '{}'::jsonb OR item ->> 'sha256' !~ '^[0-9a-f]{64}$'
           OR EXISTS (SELECT FROM jsonb_each(item) member WHERE jsonb_typeof(member.value) NOT IN ('string', 'null')) THEN
            PERFORM gkcheck.refuse('evidence is of an unknown kind, or a member of it is unknown or of another type');
        END IF;
        PERFORM gkcheck.check_day(item ->> 'published');
    END LOOP;
    PERFORM gkcheck.check_day(said ->> 'on');
    PERFORM gkcheck.check_day(said ->> 'due');
    one.seq := (said ->> 'seq')::bigint;
    one.at := said ->> 'at';
    one."by" := said ->> 'by';
    one.task := (said ->> 'task')::integer;
    one.unit := said ->> 'unit';
    one.action := said ->> 'action';
    one.batch := said ->> 'batch';
    one.undoes := nullif(said ->> 'undoes', '');
    one.noted := coalesce(said ->> 'note', '') <> '';
    one.evidenced := said -> 'evidence' <> '[]'::jsonb;
    IF one.seq > 1000000000000 THEN
        PERFORM gkcheck.refuse('seq is beyond its bound');
    END IF;
    IF one.at !~ '^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{6})?[+-]\d\d:[0-5]\d$' OR one.at::timestamptz IS NULL THEN
        PERFORM gkcheck.refuse('at');
    END IF;
    IF one.unit = '' OR one.action NOT IN
       ('start', 'done', 'confirm', 'return', 'block', 'skip', 'reopen', 'note', 'deadline', 'undo') THEN
        PERFORM gkcheck.refuse('unit or action');
    END IF;
    IF concat(one.unit, one.batch, one.undoes) LIKE U&'%\FFFD%'
       OR greatest(octet_length(one.unit), octet_length(one.batch), octet_length(one.undoes)) > 500 THEN
        PERFORM gkcheck.refuse('unit or batch is too long, or holds a character that cannot be kept');
    END IF;
    RETURN one;
END
$$;

CREATE FUNCTION gkcheck.check_day(day text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
BEGIN
    IF day !~ '^\d{4}-\d\d-\d\d$' OR day::date IS NULL AND day IS NOT NULL THEN
        PERFORM gkcheck.refuse('a day');
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION gkcheck.derive() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_RELID <> 'gkcheck.entries'::regclass THEN
        PERFORM gkcheck.refuse('this trigger is of gkcheck.entries alone');
    END IF;
    PERFORM gkcheck.take_turn(NEW.plan, true);
    BEGIN
        NEW := gkcheck.read_line(NEW.plan, NEW.payload);
    EXCEPTION WHEN SQLSTATE 'GK001' OR data_exception OR program_limit_exceeded THEN
        RAISE EXCEPTION '%', SQLERRM USING ERRCODE = 'GK001', DETAIL = left(right(NEW.payload, 34), 32);
    END;
    NEW.written_as := session_user;
    NEW.written_at := clock_timestamp();
    NEW.as_office := gkcheck.is_office(NEW.plan);
    RETURN NEW;
END
$$;

-- One bound for everybody: no line may leap by more than a million over what is there; and leaps may not use up the
-- numbers one after the other: where they come to a billion, only small ones are left.
CREATE FUNCTION gkcheck.keep_seq() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    leap record;
BEGIN
    IF TG_RELID <> 'gkcheck.entries'::regclass THEN
        PERFORM gkcheck.refuse('this trigger is of gkcheck.entries alone');
    END IF;
    SELECT a.id, a.seq, a.before INTO leap FROM (
        SELECT n.id, n.seq, greatest(q.seq, lag(n.seq, 1, 0::bigint) OVER one_plan) AS before,
               n.seq - q.entries - row_number() OVER one_plan AS leapt
        FROM added n JOIN gkcheck.queue q ON q.plan = n.plan
        WINDOW one_plan AS (PARTITION BY n.plan ORDER BY n.seq)
    ) a WHERE a.seq > a.before + CASE WHEN a.leapt > 1000000000 THEN 1000 ELSE 1000000 END ORDER BY a.seq LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'seq % leaps over %', leap.seq, leap.before
            USING ERRCODE = 'GK002', DETAIL = concat_ws(' ', leap.id, leap.seq, leap.before);
    END IF;
    -- Always, so that a transaction whose snapshot is older than its turn fails here and judges nothing by it.
    UPDATE gkcheck.queue q SET seq = greatest(q.seq, n.seq), entries = q.entries + n.entries
    FROM (SELECT plan, max(seq) AS seq, count(*) AS entries FROM added GROUP BY plan) n WHERE q.plan = n.plan;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_seq AFTER INSERT ON gkcheck.entries REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION gkcheck.keep_seq();

CREATE OR REPLACE FUNCTION gkcheck.keep_cells() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_RELID <> 'gkcheck.entries'::regclass THEN
        PERFORM gkcheck.refuse('this trigger is of gkcheck.entries alone');
    END IF;
    INSERT INTO gkcheck.cells (plan, unit, task) VALUES (NEW.plan, coalesce(NEW.unit, ''), NEW.task)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

-- Judge batches anew: latest first, an undo takes its batch back unless it was taken back itself. `linked` holds, of
-- each batch in it, every batch that undos link to it.
CREATE FUNCTION gkcheck.judge_undos(plan text, linked text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    dead text[] := '{}';
    undo record;
BEGIN
    FOR undo IN
        SELECT e.batch, e.undoes FROM gkcheck.entries e
        WHERE e.plan = $1 AND e.action = 'undo' AND e.undoes = ANY (linked)
        ORDER BY e.seq DESC, e.at DESC, e.id DESC
    LOOP
        IF undo.batch <> undo.undoes AND NOT undo.batch = ANY (dead) THEN
            dead := dead || undo.undoes;
        END IF;
    END LOOP;
    DELETE FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = ANY (linked) AND NOT u.batch = ANY (dead);
    INSERT INTO gkcheck.undone (plan, batch) SELECT $1, unnest(dead) ON CONFLICT DO NOTHING;
END
$$;

CREATE OR REPLACE FUNCTION gkcheck.keep_undone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    linked text[];
BEGIN
    IF TG_RELID <> 'gkcheck.entries'::regclass THEN
        PERFORM gkcheck.refuse('this trigger is of gkcheck.entries alone');
    END IF;
    WITH RECURSIVE reached(batch) AS (
        SELECT unnest(ARRAY[NEW.batch, NEW.undoes])
        UNION
        SELECT near.batch FROM reached r, LATERAL (
            SELECT e.undoes FROM gkcheck.entries e
            WHERE e.plan = NEW.plan AND e.action = 'undo' AND e.batch = r.batch AND e.undoes IS NOT NULL
            UNION ALL
            SELECT e.batch FROM gkcheck.entries e
            WHERE e.plan = NEW.plan AND e.action = 'undo' AND e.undoes = r.batch
        ) near(batch)
    )
    SELECT array_agg(batch) INTO linked FROM reached;
    PERFORM gkcheck.judge_undos(NEW.plan, linked);
    RETURN NULL;
END
$$;

-- Whether a unit's role may append an entry: a claim or note about its own unit, none of the office's acts; a batch is
-- one writer's; what it takes back was written by the unit itself, through undos of undos. The rule is that of
-- merge --from (operations/merge), and in addition looks at who wrote: a test holds both to one table.
CREATE OR REPLACE FUNCTION gkcheck.unit_may(
    plan text, seq bigint, task integer, unit text, action text, batch text, undoes text
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    own    text[];
    claims CONSTANT text[] := ARRAY['start', 'done', 'block', 'skip', 'reopen', 'note'];
BEGIN
    SELECT array_agg(g.unit) INTO own FROM gkcheck.own_grants() g WHERE g.plan = unit_may.plan AND g.kind = 'unit';
    IF own IS NULL OR EXISTS (
        SELECT FROM gkcheck.entries e
        WHERE e.plan = unit_may.plan AND e.batch = unit_may.batch AND e.written_as <> session_user
    ) THEN
        RETURN false;
    END IF;
    IF unit_may.action <> 'undo' THEN
        RETURN coalesce(unit_may.unit = ANY (own) AND unit_may.action = ANY (claims) AND unit_may.task IS NOT NULL, false);
    END IF;
    IF unit_may.undoes IS NULL OR unit_may.task IS NOT NULL OR unit_may.unit IS NOT NULL THEN
        RETURN false;
    END IF;
    RETURN (
        WITH RECURSIVE reached(batch) AS (
            SELECT unit_may.undoes
            UNION
            SELECT e.undoes FROM reached r JOIN gkcheck.entries e
                ON e.plan = unit_may.plan AND e.action = 'undo' AND e.batch = r.batch AND e.undoes IS NOT NULL
        )
        SELECT bool_and(coalesce(NOT e.as_office AND (e.action = 'undo' OR (e.unit = ANY (own) AND e.action = ANY (claims))), false))
        FROM reached r LEFT JOIN gkcheck.entries e ON e.plan = unit_may.plan AND e.batch = r.batch
    );
END
$$;

-- What a role needs, and nothing else: `current` and `take_turn` are called by clients, the others by the policies.
CREATE FUNCTION gkcheck.grant_rights(role name, writes boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA gkcheck TO %I', role);
    EXECUTE format('GRANT SELECT ON gkcheck.entries, gkcheck.set_aside TO %I', role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION gkcheck.own_grants(), gkcheck.current(text, integer[], text[]) TO %I', role);
    IF writes THEN
        EXECUTE format('GRANT INSERT (plan, payload) ON gkcheck.entries TO %I', role);
        EXECUTE format('GRANT EXECUTE ON FUNCTION gkcheck.take_turn(text, boolean),'
            ' gkcheck.unit_may(text, bigint, integer, text, text, text, text) TO %I', role);
    END IF;
END
$$;

-- Of a database of version 1: set aside what is no entry, and let everything that follows from entries follow anew.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM gkcheck.entries LOOP
        BEGIN
            PERFORM gkcheck.read_line(one.plan, one.payload);
        EXCEPTION WHEN SQLSTATE 'GK001' OR data_exception OR program_limit_exceeded THEN
            INSERT INTO gkcheck.set_aside VALUES (one.plan, one.id, one.payload, one.written_as, one.written_at);
        END;
    END LOOP;
    ALTER TABLE gkcheck.entries DISABLE TRIGGER append_only;
    DELETE FROM gkcheck.entries e USING gkcheck.set_aside s WHERE e.plan = s.plan AND e.id = s.id;
    ALTER TABLE gkcheck.entries ENABLE TRIGGER append_only;
    DELETE FROM gkcheck.cells c WHERE NOT EXISTS (
        SELECT FROM gkcheck.entries e WHERE e.plan = c.plan AND e.task = c.task AND coalesce(e.unit, '') = c.unit AND e.action <> 'undo');
    FOR one IN SELECT s.plan FROM gkcheck.set_aside s GROUP BY s.plan LOOP
        DELETE FROM gkcheck.undone u WHERE u.plan = one.plan;
        PERFORM gkcheck.judge_undos(one.plan, (
            SELECT array_agg(DISTINCT e.undoes) FROM gkcheck.entries e WHERE e.plan = one.plan AND e.action = 'undo'));
    END LOOP;
    INSERT INTO gkcheck.queue (plan, seq, entries) SELECT plan, max(seq), count(*) FROM gkcheck.entries GROUP BY plan;
    FOR one IN SELECT m.role, bool_or(m.kind <> 'reader') AS writes FROM gkcheck.members m
               JOIN pg_roles r ON r.rolname = m.role GROUP BY m.role LOOP
        EXECUTE format('REVOKE ALL ON gkcheck.cells, gkcheck.undone FROM %I', one.role);
        PERFORM gkcheck.grant_rights(one.role, one.writes);
    END LOOP;
END
$$;

DROP FUNCTION gkcheck.lock_key(text);
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA gkcheck FROM PUBLIC;
