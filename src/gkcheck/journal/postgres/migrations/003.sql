-- A claim of a unit and an act of the office are two things: an entry may say what is in the way and what comes next, and
-- who typed it in; a letter that reminds is an entry; a deadline may come round again.

ALTER TABLE gkcheck.entries ADD COLUMN with_problem boolean NOT NULL DEFAULT false;
ALTER TABLE gkcheck.entries ADD COLUMN with_next boolean NOT NULL DEFAULT false;
ALTER TABLE gkcheck.entries ADD COLUMN "on" date;  -- null in lines of before, as in lines without it

-- The last day and the last time that an entry of the plan is about, so that readers know at once whether any is about
-- a day to come. Which day a time is in depends on the zone of the office, which only the reader knows.
ALTER TABLE gkcheck.queue ADD COLUMN last_on date, ADD COLUMN last_at timestamptz;

DROP INDEX gkcheck.entries_status;
DROP INDEX gkcheck.entries_noted;
CREATE INDEX entries_claim ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE action IN ('start', 'done', 'block', 'skip', 'reopen');
CREATE INDEX entries_act ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE action IN ('confirm', 'return');
CREATE INDEX entries_said ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE noted AND action IN ('start', 'done', 'block', 'skip', 'reopen', 'note');
CREATE INDEX entries_problem ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE with_problem AND action IN ('start', 'done', 'block', 'skip', 'reopen', 'note');
CREATE INDEX entries_next ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE with_next AND action IN ('start', 'done', 'block', 'skip', 'reopen', 'note');
CREATE INDEX entries_letter ON gkcheck.entries (plan, task, (coalesce(unit, '')), seq, at, id)
    WHERE action = 'remind';

-- As before, and with the added keys: each stands only where it says something.
CREATE OR REPLACE FUNCTION gkcheck.read_line(plan text, payload text) RETURNS gkcheck.entries
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
    IF EXISTS (SELECT FROM unnest(ARRAY['recorded_by', 'problem', 'next']) key
               WHERE said ? key AND (jsonb_typeof(said -> key) <> 'string' OR said ->> key = '')) THEN
        PERFORM gkcheck.refuse('a key that stands only where it says something says nothing');
    END IF;
    IF (said ? 'letter') <> (said ->> 'action' = 'remind') OR (said ? 'reply_by' AND said ->> 'action' <> 'remind')
       OR (said ? 'every' AND NOT (said ->> 'action' = 'deadline'
           AND coalesce(said ->> 'every' IN ('month', 'quarter', 'half-year', 'year'), false))) THEN
        PERFORM gkcheck.refuse('letter and reply_by are of reminders, every is of deadlines');
    END IF;
    IF said ? 'letter' AND (said ->> 'letter' !~ '^[1-9][0-9]{0,9}$' OR jsonb_typeof(said -> 'letter') <> 'number'
       OR (said ->> 'letter')::bigint > 2147483647) THEN
        PERFORM gkcheck.refuse('letter is no number of a letter');
    END IF;
    IF said ? 'reply_by' AND jsonb_typeof(said -> 'reply_by') <> 'string' THEN
        PERFORM gkcheck.refuse('a day');
    END IF;
    PERFORM gkcheck.check_day(said ->> 'reply_by');
    one.seq := (said ->> 'seq')::bigint;
    one.at := said ->> 'at';
    one."by" := said ->> 'by';
    one.task := (said ->> 'task')::integer;
    one.unit := said ->> 'unit';
    one.action := said ->> 'action';
    one.batch := said ->> 'batch';
    one.undoes := nullif(said ->> 'undoes', '');
    one.noted := coalesce(said ->> 'note', '') <> '';
    one.with_problem := said ? 'problem';
    one.with_next := said ? 'next';
    one."on" := (said ->> 'on')::date;
    one.evidenced := said -> 'evidence' <> '[]'::jsonb;
    IF one.seq > 1000000000000 THEN
        PERFORM gkcheck.refuse('seq is beyond its bound');
    END IF;
    IF one.at !~ '^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{6})?[+-]\d\d:[0-5]\d$' OR one.at::timestamptz IS NULL THEN
        PERFORM gkcheck.refuse('at');
    END IF;
    IF one.unit = '' OR one.action NOT IN
       ('start', 'done', 'confirm', 'return', 'block', 'skip', 'reopen', 'note', 'deadline', 'remind', 'undo') THEN
        PERFORM gkcheck.refuse('unit or action');
    END IF;
    IF concat(one.unit, one.batch, one.undoes) LIKE U&'%\FFFD%'
       OR greatest(octet_length(one.unit), octet_length(one.batch), octet_length(one.undoes)) > 500 THEN
        PERFORM gkcheck.refuse('unit or batch is too long, or holds a character that cannot be kept');
    END IF;
    RETURN one;
END
$$;

-- The lines that leave the same marks as all live entries do, on the cells asked for (null: any; those of
-- the whole task always): of each cell the last entry, the last claim, act, review, deadline, note, problem and next
-- step, and all letters and evidence (`LatestEntries` in ledger/fold).
-- Index ends only, whatever the planner thinks of the table; with the owner's rights, because under row-level
-- security it may not use them.
CREATE OR REPLACE FUNCTION gkcheck.current(plan text, tasks integer[], units text[]) RETURNS SETOF text
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
           AND e.action IN ('start', 'done', 'block', 'skip', 'reopen')
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
         ORDER BY e.seq DESC, e.at DESC, e.id DESC LIMIT 1)
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.action IN ('confirm', 'return')
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
           AND e.noted AND e.action IN ('start', 'done', 'block', 'skip', 'reopen', 'note')
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
         ORDER BY e.seq DESC, e.at DESC, e.id DESC LIMIT 1)
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.with_problem AND e.action IN ('start', 'done', 'block', 'skip', 'reopen', 'note')
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
         ORDER BY e.seq DESC, e.at DESC, e.id DESC LIMIT 1)
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.with_next AND e.action IN ('start', 'done', 'block', 'skip', 'reopen', 'note')
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch)
         ORDER BY e.seq DESC, e.at DESC, e.id DESC LIMIT 1)
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.action = 'remind'
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch))
        UNION
        (SELECT e.id, e.payload FROM gkcheck.entries e
         WHERE e.plan = $1 AND e.task = cell.task AND coalesce(e.unit, '') = cell.unit
           AND e.evidenced AND e.action <> 'undo'
           AND NOT EXISTS (SELECT FROM gkcheck.undone u WHERE u.plan = $1 AND u.batch = e.batch))
    ) found
$$;

-- As before, and with the last day and the last time.
CREATE OR REPLACE FUNCTION gkcheck.keep_seq() RETURNS trigger
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
    UPDATE gkcheck.queue q SET seq = greatest(q.seq, n.seq), entries = q.entries + n.entries,
        last_on = greatest(q.last_on, n.last_on), last_at = greatest(q.last_at, n.last_at)
    FROM (SELECT plan, max(seq) AS seq, count(*) AS entries, max("on") AS last_on,
                 max(at::timestamptz) FILTER (WHERE "on" IS NULL) AS last_at
          FROM added GROUP BY plan) n WHERE q.plan = n.plan;
    RETURN NULL;
END
$$;

-- True if an entry is about a day after `day` at an office in `zone` (its offset from UTC).
CREATE FUNCTION gkcheck.has_later(plan text, day date, zone interval) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM gkcheck.queue q WHERE q.plan = $1 AND gkcheck.may_read($1)
        AND (q.last_on > $2 OR q.last_at >= (($2 + 1)::timestamp AT TIME ZONE $3)))
$$;

-- As before, and `has_later`.
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
            ' gkcheck.unit_may(text, bigint, integer, text, text, text, text) TO %I', role);
    END IF;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA gkcheck FROM PUBLIC;

-- Of a database of version 2: its last day and time, and the new right of its roles. A quotation mark within a text is
-- escaped, so that "on" is the key.
DO $$
DECLARE
    one record;
BEGIN
    UPDATE gkcheck.queue q SET last_on = n.last_on, last_at = n.last_at
    FROM (SELECT e.plan, max(e."on") AS last_on, max(e.at::timestamptz) FILTER (WHERE e."on" IS NULL) AS last_at
          FROM (SELECT plan, at, substring(payload FROM '"on"\s*:\s*"(\d{4}-\d\d-\d\d)"')::date AS "on"
                FROM gkcheck.entries) e GROUP BY e.plan) n WHERE q.plan = n.plan;
    FOR one IN SELECT m.role, bool_or(m.kind <> 'reader') AS writes FROM gkcheck.members m
               JOIN pg_roles r ON r.rolname = m.role GROUP BY m.role LOOP
        PERFORM gkcheck.grant_rights(one.role, one.writes);
    END LOOP;
END
$$;
