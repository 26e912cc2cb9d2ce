import type { Workload } from './workloads';

/** Commands of the data definition among changes of rows. */
export const DEFINITIONS: readonly ((s: string) => Workload)[] = [
  (s) => ({
    name: 'columns that came, went and changed in the middle of transactions',
    before: [
      `CREATE TABLE ${s}.a (id int PRIMARY KEY, gone text, v text);
       INSERT INTO ${s}.a VALUES (1, 'x', 'one'), (2, 'y', 'two')`,
    ],
    work: [
      `BEGIN; INSERT INTO ${s}.a VALUES (3, 'z', 'three'); ALTER TABLE ${s}.a ADD COLUMN n int DEFAULT 7;
       INSERT INTO ${s}.a VALUES (4, '', 'four', 4); UPDATE ${s}.a SET n = id WHERE id < 3;
       ALTER TABLE ${s}.a DROP COLUMN gone; INSERT INTO ${s}.a VALUES (5, 'five', 5); COMMIT`,
      ...[
        'BEGIN',
        `ALTER TABLE ${s}.a ALTER v TYPE varchar(9) USING upper(v)`,
        `UPDATE ${s}.a SET n = 0`,
        'ROLLBACK',
      ],
      `BEGIN; ALTER TABLE ${s}.a ALTER n TYPE text USING 'n' || n; UPDATE ${s}.a SET n = n || '!' WHERE id = 5; COMMIT`,
      ...['BEGIN', 'SAVEPOINT s', `ALTER TABLE ${s}.a ADD COLUMN never int`],
      ...[`INSERT INTO ${s}.a (id, never) VALUES (9, 9)`, 'ROLLBACK TO s'],
      `ALTER TABLE ${s}.a ADD COLUMN g int GENERATED ALWAYS AS (id * 2) STORED`,
      ...[`INSERT INTO ${s}.a VALUES (6, 'six', '6')`, 'COMMIT'],
    ],
  }),
  (s) => ({
    name: 'tables and columns that were renamed, moved, dropped and made anew',
    before: [
      `CREATE TABLE ${s}.a (id int PRIMARY KEY, v text); CREATE TABLE ${s}.b (id int PRIMARY KEY, v text);
       CREATE SCHEMA ${s}_more; INSERT INTO ${s}.a VALUES (1, 'a'); INSERT INTO ${s}.b VALUES (1, 'b')`,
    ],
    work: [
      `BEGIN; INSERT INTO ${s}.a VALUES (2, 'a'); INSERT INTO ${s}.b VALUES (2, 'b'); ALTER TABLE ${s}.a RENAME TO c;
       ALTER TABLE ${s}.b RENAME TO a; ALTER TABLE ${s}.c RENAME TO b; INSERT INTO ${s}.a VALUES (3, 'b');
       INSERT INTO ${s}.b VALUES (3, 'a'); COMMIT`,
      `ALTER TABLE ${s}.a RENAME COLUMN v TO w; INSERT INTO ${s}.a (id, w) VALUES (4, 'b')`,
      `BEGIN; DROP TABLE ${s}.b; CREATE TABLE ${s}.b (id int PRIMARY KEY, other numeric);
       INSERT INTO ${s}.b VALUES (1, 1.5); COMMIT`,
      `ALTER TABLE ${s}.b SET SCHEMA ${s}_more; INSERT INTO ${s}_more.b VALUES (2, 2)`,
    ],
  }),
  (s) => ({
    name: 'several statements in one query, with texts that look like statements',
    before: [`CREATE TABLE ${s}.a (id int PRIMARY KEY, v text)`],
    work: [
      `CREATE TABLE ${s}.b (id int PRIMARY KEY, v text DEFAULT 'a;b'); /* ; /* nested; */ ; */
       INSERT INTO ${s}.b (id) VALUES (1);
       CREATE FUNCTION ${s}.f() RETURNS text LANGUAGE plpgsql AS $body$ BEGIN RETURN 'x;' || $$;$$; END; $body$;
       -- another; one
       CREATE TABLE ${s}.c (id int PRIMARY KEY, "odd;name" text); INSERT INTO ${s}.c SELECT 1, ${s}.f();
       CREATE FUNCTION ${s}.g(x int) RETURNS int LANGUAGE sql
         BEGIN ATOMIC SELECT CASE WHEN x > 1 THEN 1 ELSE 2 END; SELECT x; END;
       INSERT INTO ${s}.a VALUES (1, E'it\\'s; '), (2, 'a'';b'); ALTER TABLE ${s}.a ADD COLUMN n int DEFAULT 3;
       CREATE INDEX ON ${s}.a (n); CREATE RULE r AS ON INSERT TO ${s}.c DO ALSO (SELECT 1; SELECT 2);
       INSERT INTO ${s}.a VALUES (3, 'c', 4)`,
      `CREATE TABLE IF NOT EXISTS ${s}.a (id int); CREATE TABLE ${s}.d (id int PRIMARY KEY);
       DROP TABLE IF EXISTS ${s}.nothing; DROP TABLE ${s}.c; CREATE TABLE ${s}.c (x text PRIMARY KEY);
       INSERT INTO ${s}.c VALUES ('anew')`,
      `CREATE TEMP TABLE passing (id int); CREATE TABLE ${s}.e (id int PRIMARY KEY); DROP TABLE passing;
       CREATE TABLE ${s}.f (id int PRIMARY KEY)`,
    ],
  }),
  (s) => ({
    name: 'commands within functions and DO, by another role and with another search path',
    before: [
      `CREATE TABLE ${s}.a (id int PRIMARY KEY)`,
      `CREATE ROLE ${s}_owner; GRANT ALL ON SCHEMA ${s} TO ${s}_owner`,
    ],
    work: [
      `DO $$ BEGIN FOR i IN 1..3 LOOP
         EXECUTE format('CREATE TABLE ${s}.part_%s (id int PRIMARY KEY, v text DEFAULT ''x;y'')', i);
         EXECUTE format('INSERT INTO ${s}.part_%s VALUES (%s)', i, i); END LOOP; END $$`,
      `SET ROLE ${s}_owner; SET search_path TO ${s}, public; CREATE TABLE mine (id int PRIMARY KEY);
       INSERT INTO mine VALUES (1); CREATE VIEW seen AS SELECT * FROM mine; SET ROLE none; SET search_path TO DEFAULT`,
      `SET search_path TO ${s}; ALTER TABLE a ADD COLUMN at timestamptz DEFAULT '2024-01-01 00:00:00+00';
       INSERT INTO a VALUES (1); SET search_path TO DEFAULT`,
    ],
  }),
  (s) => ({
    name: 'tables that were made of queries, whose rows come before them',
    before: [
      `CREATE TABLE ${s}.a (id int PRIMARY KEY, v text, n numeric(9,2));
       INSERT INTO ${s}.a SELECT i, 'v' || i, i FROM generate_series(1, 500) i`,
    ],
    work: [
      `CREATE TABLE ${s}.b AS SELECT id, v || '"' AS v, random() AS r, ARRAY[id, NULL] AS xs, n FROM ${s}.a`,
      `BEGIN; INSERT INTO ${s}.a VALUES (1000, 'x', 0); SELECT * INTO ${s}.c FROM ${s}.a;
       INSERT INTO ${s}.c VALUES (2000, 'y', 1); ALTER TABLE ${s}.c ADD PRIMARY KEY (id);
       ALTER TABLE ${s}.c REPLICA IDENTITY DEFAULT; UPDATE ${s}.c SET v = 'z' WHERE id < 10; COMMIT`,
      `CREATE TABLE ${s}.d AS TABLE ${s}.a WITH NO DATA; INSERT INTO ${s}.d VALUES (1, 'd', 2)`,
      `CREATE MATERIALIZED VIEW ${s}.m AS SELECT count(*) FROM ${s}.a`,
    ],
  }),
  (s) => ({
    name: 'types, sequences, constraints, indexes and triggers that came on the way',
    before: [`CREATE TABLE ${s}.a (id int PRIMARY KEY); CREATE TYPE ${s}.mood AS ENUM ('good')`],
    work: [
      `ALTER TYPE ${s}.mood ADD VALUE 'bad'`,
      `ALTER TABLE ${s}.a ADD COLUMN m ${s}.mood DEFAULT 'bad'; INSERT INTO ${s}.a (id) VALUES (1), (2)`,
      `CREATE SEQUENCE ${s}.q START 5 INCREMENT 5; ALTER TABLE ${s}.a ADD COLUMN q int;
       ALTER TABLE ${s}.a ALTER q SET DEFAULT nextval('${s}.q')`,
      `INSERT INTO ${s}.a (id) VALUES (3); ALTER SEQUENCE ${s}.q RESTART; INSERT INTO ${s}.a (id) VALUES (4)`,
      `ALTER TABLE ${s}.a ADD CONSTRAINT positive CHECK (id > 0); CREATE UNIQUE INDEX by_q ON ${s}.a (id, q, m)`,
      `CREATE INDEX CONCURRENTLY by_m ON ${s}.a (m)`,
      `CREATE FUNCTION ${s}.t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.m := 'good'; RETURN NEW; END $$;
       CREATE TRIGGER t BEFORE INSERT ON ${s}.a FOR EACH ROW EXECUTE FUNCTION ${s}.t();
       ALTER TABLE ${s}.a ENABLE ALWAYS TRIGGER t`,
      `INSERT INTO ${s}.a (id) VALUES (5); ALTER TABLE ${s}.a REPLICA IDENTITY FULL; UPDATE ${s}.a SET m = 'bad' WHERE id = 5`,
      `ALTER TABLE ${s}.a DROP CONSTRAINT a_pkey; UPDATE ${s}.a SET m = NULL; ALTER TABLE ${s}.a ADD PRIMARY KEY (id)`,
      `ALTER TABLE ${s}.a REPLICA IDENTITY DEFAULT; UPDATE ${s}.a SET m = 'bad', id = id + 10`,
    ],
  }),
];
