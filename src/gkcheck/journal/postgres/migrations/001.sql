-- The journal as one append-only table. A client hands in (plan, payload): the line as it was made, byte for
-- byte. Every other column is derived from it here, so that what the rules of the database look at cannot
-- differ from what readers will read. Text that is looked up is in the collation "C" throughout: an index in one
-- collation is of no use to a comparison in another.

CREATE TABLE gkcheck.entries (
    plan       text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    seq        bigint NOT NULL,
    at         text COLLATE "C" NOT NULL,
    "by"       text NOT NULL,
    task       integer,
    unit       text COLLATE "C",
    action     text COLLATE "C" NOT NULL,
    batch      text COLLATE "C" NOT NULL,
    undoes     text COLLATE "C",
    noted      boolean NOT NULL,
    evidenced  boolean NOT NULL,
    payload    text COLLATE "C" NOT NULL,
    written_as name NOT NULL,            -- the session_user: who it really was, beside the "by" that was typed
    written_at timestamptz NOT NULL,
    as_office  boolean NOT NULL,         -- whether the writer had the rights of the office then
    PRIMARY KEY (plan, id)
);

CREATE INDEX entries_order ON gkcheck.entries (plan, seq, at, id);
CREATE INDEX entries_batch ON gkcheck.entries (plan, batch);
CREATE INDEX entries_undoing ON gkcheck.entries (plan, batch) WHERE action = 'undo';
CREATE INDEX entries_undone ON gkcheck.entries (plan, undoes) WHERE action = 'undo';

-- One index for each thing an entry leaves behind, latest last: the present state of a cell is read off their ends.
CREATE INDEX entries_last ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE task IS NOT NULL AND action <> 'undo';
CREATE INDEX entries_status ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE action IN ('start', 'done', 'confirm', 'return', 'block', 'skip', 'reopen');
CREATE INDEX entries_review ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE action IN ('return', 'done', 'confirm', 'skip', 'reopen');
CREATE INDEX entries_deadline ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE action = 'deadline';
CREATE INDEX entries_noted ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE noted AND action <> 'undo';
CREATE INDEX entries_evidenced ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE evidenced AND action <> 'undo';

-- Which (task, unit) have entries at all ('' is the whole task), and which batches are taken back at present.
-- Both follow from the entries and are kept by their triggers.
CREATE TABLE gkcheck.cells (
    plan text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    task integer NOT NULL,
    PRIMARY KEY (plan, unit, task)
);
CREATE TABLE gkcheck.undone (
    plan  text COLLATE "C" NOT NULL,
    batch text COLLATE "C" NOT NULL,
    PRIMARY KEY (plan, batch)
);

-- Who may do what: kind office or reader (unit ''), or unit with the unit's name. A role may stand here
-- several times; roles that are members of it have its rights too.
CREATE TABLE gkcheck.members (
    plan text COLLATE "C" NOT NULL,
    role name NOT NULL,
    kind text NOT NULL CHECK (kind IN ('unit', 'office', 'reader')),
    unit text COLLATE "C" NOT NULL DEFAULT '',
    CHECK ((kind = 'unit') = (unit <> '')),
    PRIMARY KEY (plan, role, kind, unit)
);

CREATE FUNCTION gkcheck.lock_key(plan text) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT ('x' || substr(encode(sha256(convert_to('gkcheck:' || plan, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint
$$;

-- The grants that the session's user has, itself or through a role it is in.
CREATE FUNCTION gkcheck.own_grants() RETURNS SETOF gkcheck.members
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.* FROM gkcheck.members m JOIN pg_roles r ON r.rolname = m.role
    WHERE pg_has_role(session_user, r.oid, 'USAGE')
$$;

CREATE FUNCTION gkcheck.is_office(plan text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'gkcheck.entries'::regclass), 'USAGE')
        OR EXISTS (SELECT FROM gkcheck.own_grants() g WHERE g.plan = is_office.plan AND g.kind = 'office')
$$;

CREATE FUNCTION gkcheck.may_read(plan text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT gkcheck.is_office($1) OR EXISTS (SELECT FROM gkcheck.own_grants() g WHERE g.plan = $1)
$$;

CREATE FUNCTION gkcheck.refuse(why text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'not an entry: %', why USING ERRCODE = 'GK001';
END
$$;

-- Derive the columns from the line; refuse a line that no gkcheck could read. Writers of a plan take turns
-- (the lock ends with the transaction). Looks nothing up in the table: a plan made when that was empty would be
-- kept, and be wrong, while a million lines come in.
CREATE FUNCTION gkcheck.derive() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before text := left(NEW.payload, -41);
    plain  text;
    said   jsonb;
    keys   bigint;
    item   jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(gkcheck.lock_key(NEW.plan));
    NEW.id := substr(encode(sha256(convert_to(before, 'UTF8')), 'hex'), 1, 32);
    IF right(NEW.payload, 41) <> ',"id":"' || NEW.id || '"}' THEN
        PERFORM gkcheck.refuse('the id is not the hash of the line');
    END IF;
    IF octet_length(NEW.payload) > 1048576 OR strpos(NEW.payload, E'\n') > 0 OR strpos(NEW.payload, E'\r') > 0 OR NEW.payload !~
       '^\{"seq":[1-9][0-9]{0,14},"at":"[^"\\]*","by":"([^"\\]|\\.)*","task":(null|-?[0-9]{1,9}),"unit":' THEN
        PERFORM gkcheck.refuse('the line does not begin as one');
    END IF;
    -- NUL and lone surrogates can be written in JSON but not be held as text here; the line itself keeps them.
    plain := CASE WHEN strpos(NEW.payload, '\u') = 0 THEN NEW.payload
             ELSE regexp_replace(NEW.payload, '\\u(0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\ufffd', 'g') END;
    said := plain::jsonb;
    keys := (SELECT count(*) FROM json_object_keys(plain::json));
    IF keys <> (SELECT count(*) FROM jsonb_object_keys(said)) THEN
        PERFORM gkcheck.refuse('a key stands twice');
    END IF;
    IF NOT coalesce(
        jsonb_typeof(said -> 'at') = 'string' AND jsonb_typeof(said -> 'by') = 'string'
        AND jsonb_typeof(said -> 'batch') = 'string' AND jsonb_typeof(said -> 'action') = 'string'
        AND jsonb_typeof(said -> 'unit') IN ('string', 'null') AND jsonb_typeof(said -> 'of') IN ('string', 'null')
        AND jsonb_typeof(said -> 'note') IN ('string', 'null') AND jsonb_typeof(said -> 'evidence') = 'array', false)
       OR coalesce(jsonb_typeof(said -> 'on'), 'null') NOT IN ('string', 'null')
       OR coalesce(jsonb_typeof(said -> 'due'), 'null') NOT IN ('string', 'null')
       OR coalesce(jsonb_typeof(said -> 'undoes'), 'null') NOT IN ('string', 'null')
       OR coalesce(jsonb_typeof(said -> 'form'), 'null') NOT IN ('string', 'null') THEN
        PERFORM gkcheck.refuse('a key is missing, or of another type');
    END IF;
    IF said ->> 'on' !~ '^\d{4}-\d\d-\d\d$' OR said ->> 'due' !~ '^\d{4}-\d\d-\d\d$'
       OR (said ->> 'on')::date = 'infinity' OR (said ->> 'due')::date = 'infinity' THEN
        PERFORM gkcheck.refuse('a day');
    END IF;
    NEW.evidenced := said -> 'evidence' <> '[]'::jsonb;
    FOR item IN SELECT jsonb_array_elements(said -> 'evidence') LOOP
        IF jsonb_typeof(item) <> 'object'
           OR jsonb_typeof(item -> 'kind') IS DISTINCT FROM 'string' OR jsonb_typeof(item -> 'value') IS DISTINCT FROM 'string'
           OR item - ARRAY['kind', 'value', 'title', 'published', 'sha256'] <> '{}'::jsonb THEN
            PERFORM gkcheck.refuse('evidence');
        END IF;
    END LOOP;
    NEW.seq := (said ->> 'seq')::bigint;
    NEW.at := said ->> 'at';
    NEW."by" := said ->> 'by';
    NEW.task := (said ->> 'task')::integer;
    NEW.unit := said ->> 'unit';
    NEW.action := said ->> 'action';
    NEW.batch := said ->> 'batch';
    NEW.undoes := nullif(said ->> 'undoes', '');
    NEW.noted := coalesce(said ->> 'note', '') <> '';
    IF NEW.at !~ '^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]\d\d:[0-5]\d)$' OR NEW.at::timestamptz IS NULL THEN
        PERFORM gkcheck.refuse('at');
    END IF;
    IF NEW.unit = '' OR NEW.action NOT IN
       ('start', 'done', 'confirm', 'return', 'block', 'skip', 'reopen', 'note', 'deadline', 'undo') THEN
        PERFORM gkcheck.refuse('unit or action');
    END IF;
    NEW.written_as := session_user;
    NEW.written_at := clock_timestamp();
    NEW.as_office := gkcheck.is_office(NEW.plan);
    RETURN NEW;
END
$$;
CREATE TRIGGER derive BEFORE INSERT ON gkcheck.entries FOR EACH ROW EXECUTE FUNCTION gkcheck.derive();

CREATE FUNCTION gkcheck.keep_cells() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO gkcheck.cells (plan, unit, task) VALUES (NEW.plan, coalesce(NEW.unit, ''), NEW.task)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_cells AFTER INSERT ON gkcheck.entries FOR EACH ROW
    WHEN (NEW.task IS NOT NULL AND NEW.action <> 'undo') EXECUTE FUNCTION gkcheck.keep_cells();

-- An undo came: judge anew the batches that undos link it to. Latest first, an undo takes its batch back
-- unless it was taken back itself.
CREATE FUNCTION gkcheck.keep_undone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    linked text[];
    dead   text[] := '{}';
    undo   record;
BEGIN
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
    FOR undo IN
        SELECT e.batch, e.undoes FROM gkcheck.entries e
        WHERE e.plan = NEW.plan AND e.action = 'undo' AND e.undoes = ANY (linked)
        ORDER BY e.seq DESC, e.at DESC, e.id DESC
    LOOP
        IF undo.batch <> undo.undoes AND NOT undo.batch = ANY (dead) THEN
            dead := dead || undo.undoes;
        END IF;
    END LOOP;
    DELETE FROM gkcheck.undone u WHERE u.plan = NEW.plan AND u.batch = ANY (linked) AND NOT u.batch = ANY (dead);
    INSERT INTO gkcheck.undone (plan, batch) SELECT NEW.plan, unnest(dead) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_undone AFTER INSERT ON gkcheck.entries FOR EACH ROW
    WHEN (NEW.action = 'undo' AND NEW.undoes IS NOT NULL) EXECUTE FUNCTION gkcheck.keep_undone();

-- Nothing is ever deleted or altered, by whomever.
CREATE FUNCTION gkcheck.append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'gkcheck.entries is append-only: % refused', TG_OP USING ERRCODE = '42501';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gkcheck.entries
    FOR EACH STATEMENT EXECUTE FUNCTION gkcheck.append_only();

-- Whether a unit's role may append an entry: about its own unit only, none of the office's acts; a batch is
-- one writer's; what it takes back was written by the unit itself, through undos of undos. Its seq may not
-- run away.
CREATE FUNCTION gkcheck.unit_may(
    plan text, seq bigint, task integer, unit text, action text, batch text, undoes text
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    own text[];
    acts CONSTANT text[] := ARRAY['start', 'done', 'block', 'skip', 'reopen', 'note'];
BEGIN
    SELECT array_agg(g.unit) INTO own FROM gkcheck.own_grants() g WHERE g.plan = unit_may.plan AND g.kind = 'unit';
    IF own IS NULL OR unit_may.seq > 1000000 + coalesce(
        (SELECT e.seq FROM gkcheck.entries e WHERE e.plan = unit_may.plan ORDER BY e.seq DESC LIMIT 1), 0) THEN
        RETURN false;
    END IF;
    IF EXISTS (
        SELECT FROM gkcheck.entries e
        WHERE e.plan = unit_may.plan AND e.batch = unit_may.batch AND e.written_as <> session_user
    ) THEN
        RETURN false;
    END IF;
    IF unit_may.action <> 'undo' THEN
        RETURN coalesce(unit_may.unit = ANY (own) AND unit_may.action = ANY (acts) AND unit_may.task IS NOT NULL, false);
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
        SELECT bool_and(coalesce(NOT e.as_office AND (e.action = 'undo' OR (e.unit = ANY (own) AND e.action = ANY (acts))), false))
        FROM reached r LEFT JOIN gkcheck.entries e ON e.plan = unit_may.plan AND e.batch = r.batch
    );
END
$$;

ALTER TABLE gkcheck.entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE gkcheck.cells ENABLE ROW LEVEL SECURITY;
ALTER TABLE gkcheck.undone ENABLE ROW LEVEL SECURITY;
-- coalesce() keeps the planner from looking the policy up in an index instead of what is asked for.
CREATE POLICY reading ON gkcheck.entries FOR SELECT
    USING (coalesce(plan = ANY (ARRAY(SELECT g.plan FROM gkcheck.own_grants() g)), false));
CREATE POLICY reading ON gkcheck.cells FOR SELECT
    USING (coalesce(plan = ANY (ARRAY(SELECT g.plan FROM gkcheck.own_grants() g)), false));
CREATE POLICY reading ON gkcheck.undone FOR SELECT
    USING (coalesce(plan = ANY (ARRAY(SELECT g.plan FROM gkcheck.own_grants() g)), false));
CREATE POLICY appending ON gkcheck.entries FOR INSERT
    WITH CHECK (as_office OR gkcheck.unit_may(plan, seq, task, unit, action, batch, undoes));

-- The lines that leave the same marks as all live entries do, on the cells asked for (null: any; those of
-- the whole task always): of each cell the last entry, the last status, review, deadline and note,
-- and all evidence.
-- Index ends only, whatever the planner thinks of the table; with the owner's rights, because under row-level
-- security it may not use them.
CREATE FUNCTION gkcheck.current(plan text, tasks integer[], units text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
    WITH cell AS (
        SELECT c.task, c.unit FROM gkcheck.cells c WHERE $3 IS NULL AND c.plan = $1 AND ($2 IS NULL OR c.task = ANY ($2))
        UNION ALL
        SELECT c.task, c.unit FROM gkcheck.cells c
        WHERE $3 IS NOT NULL AND c.plan = $1 AND c.unit = ANY ($3 || ''::text) AND ($2 IS NULL OR c.task = ANY ($2))
    )
    SELECT found.payload FROM (SELECT * FROM cell WHERE gkcheck.may_read($1)) cell CROSS JOIN LATERAL (
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.task IS NOT NULL AND e.action <> 'undo'
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
         ORDER BY e.seq DESC, e.at DESC, e.id DESC LIMIT 1)
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.action IN ('start', 'done', 'confirm', 'return', 'block', 'skip', 'reopen')
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
         ORDER BY e.seq DESC, e.at DESC, e.id DESC LIMIT 1)
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.action IN ('return', 'done', 'confirm', 'skip', 'reopen')
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
         ORDER BY e.seq DESC, e.at DESC, e.id DESC LIMIT 1)
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.action = 'deadline'
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
         ORDER BY e.seq DESC, e.at DESC, e.id DESC LIMIT 1)
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.noted AND e.action <> 'undo'
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
         ORDER BY e.seq DESC, e.at DESC, e.id DESC LIMIT 1)
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.evidenced AND e.action <> 'undo'
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
        )
    ) found
$$;
