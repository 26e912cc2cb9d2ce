/**
 * What is done to a source once a copy of it was taken, and what is there before. Each works in a schema of its own, so
 * that all of them can be done to one source.
 */
export interface Workload {
  /** What was done, as the end of a sentence. */
  readonly name: string;
  readonly before: readonly string[];
  readonly work: readonly string[];
}

const TPC_B = Array.from({ length: 200 }, (_, index) => {
  const [aid, tid, bid, delta] = [
    1 + ((index * 7919) % 1000),
    1 + (index % 20),
    1 + (index % 2),
    (index * 31) % 999,
  ];
  return (s: string): string => `
    UPDATE ${s}.accounts SET balance = balance + ${delta} WHERE aid = ${aid};
    UPDATE ${s}.tellers SET balance = balance + ${delta} WHERE tid = ${tid};
    UPDATE ${s}.branches SET balance = balance + ${delta} WHERE bid = ${bid};
    INSERT INTO ${s}.history VALUES (${tid}, ${bid}, ${aid}, ${delta}, now())`;
});
const LONG = `(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 400) i)`;

/** Changes of rows. */
export const ROWS: readonly ((s: string) => Workload)[] = [
  (s) => ({
    name: 'TPC-B',
    before: [
      `CREATE TABLE ${s}.branches (bid int PRIMARY KEY, balance int);
       CREATE TABLE ${s}.tellers (tid int PRIMARY KEY, bid int REFERENCES ${s}.branches, balance int);
       CREATE TABLE ${s}.accounts (aid int PRIMARY KEY, bid int, balance int, filler char(84));
       CREATE TABLE ${s}.history (tid int, bid int, aid int, delta int, mtime timestamptz, filler char(22));
       INSERT INTO ${s}.branches VALUES (1, 0), (2, 0);
       INSERT INTO ${s}.tellers SELECT i, 1 + i % 2, 0 FROM generate_series(1, 20) i;
       INSERT INTO ${s}.accounts SELECT i, 1 + i % 2, 0, '' FROM generate_series(1, 1000) i`,
    ],
    work: TPC_B.map((one) => one(s)),
  }),
  (s) => ({
    name: 'a bulk load and a load that went to nothing',
    before: [`CREATE TABLE ${s}.big (id int PRIMARY KEY, a text, b numeric)`],
    work: [
      `INSERT INTO ${s}.big SELECT i, 'row ' || i, i / 3.0 FROM generate_series(1, 30000) i`,
      `UPDATE ${s}.big SET a = 'even "' || id || '"' WHERE id % 2 = 0`,
      `DELETE FROM ${s}.big WHERE id % 3 = 0`,
      `BEGIN; INSERT INTO ${s}.big SELECT i, '', 0 FROM generate_series(100000, 100100) i; ROLLBACK`,
    ],
  }),
  (s) => ({
    name: 'savepoints, some rolled back, and a prepared transaction, decided later',
    before: [`CREATE TABLE ${s}.a (id int PRIMARY KEY, v text)`],
    work: [
      `BEGIN; INSERT INTO ${s}.a VALUES (1, 'kept'); SAVEPOINT one; INSERT INTO ${s}.a VALUES (2, 'gone');
         UPDATE ${s}.a SET v = 'gone'; ROLLBACK TO one; SAVEPOINT two; INSERT INTO ${s}.a VALUES (3, 'kept');
         RELEASE two; COMMIT`,
      `DO $$ BEGIN BEGIN INSERT INTO ${s}.a VALUES (4, 'gone'), (1, 'twice'); EXCEPTION WHEN unique_violation THEN
           INSERT INTO ${s}.a VALUES (4, 'instead'); END; END $$`,
      `BEGIN; INSERT INTO ${s}.a VALUES (10, 'prepared'); PREPARE TRANSACTION 'later'`,
      `INSERT INTO ${s}.a VALUES (11, 'in between')`,
      `BEGIN; INSERT INTO ${s}.a VALUES (12, 'refused'); PREPARE TRANSACTION 'never'`,
      `COMMIT PREPARED 'later'`,
      `ROLLBACK PREPARED 'never'`,
    ],
  }),
  (s) => ({
    name: 'the commit of a transaction that was prepared before',
    before: [
      `CREATE TABLE ${s}.a (id int PRIMARY KEY, v text)`,
      `BEGIN; INSERT INTO ${s}.a VALUES (1, 'prepared'); PREPARE TRANSACTION 'inherited'`,
    ],
    work: [`COMMIT PREPARED 'inherited'`, `UPDATE ${s}.a SET v = 'changed'`],
  }),
  (s) => ({
    name: 'updates that left values alone that are kept out of line',
    before: [
      `CREATE TABLE ${s}.doc (id int PRIMARY KEY, n int, body text, more text);
         ALTER TABLE ${s}.doc ALTER body SET STORAGE EXTERNAL, ALTER more SET STORAGE EXTERNAL;
         CREATE TABLE ${s}.whole (n int, body text); ALTER TABLE ${s}.whole ALTER body SET STORAGE EXTERNAL;
         CREATE TABLE ${s}.keyed (k text PRIMARY KEY, n int); ALTER TABLE ${s}.keyed ALTER k SET STORAGE EXTERNAL;
         INSERT INTO ${s}.doc SELECT i, 0, ${LONG}, ${LONG} FROM generate_series(1, 5) i;
         INSERT INTO ${s}.whole SELECT i % 3, ${LONG} FROM generate_series(1, 5) i;
         INSERT INTO ${s}.keyed SELECT left(${LONG}, 2100) || i, 0 FROM generate_series(1, 3) i`,
    ],
    work: [
      `UPDATE ${s}.doc SET n = n + 1`,
      `UPDATE ${s}.doc SET body = 'short' WHERE id = 2`,
      `UPDATE ${s}.doc SET n = n + 1, more = ${LONG} || 'x' WHERE id = 3; UPDATE ${s}.doc SET n = 9 WHERE id = 3`,
      `INSERT INTO ${s}.doc SELECT 7, 0, ${LONG}, NULL; UPDATE ${s}.doc SET n = 1 WHERE id = 7`,
      `UPDATE ${s}.doc SET id = 70 WHERE id = 7`,
      `UPDATE ${s}.whole SET n = n + 1`,
      `UPDATE ${s}.keyed SET n = n + 1`,
    ],
  }),
  (s) => ({
    name: 'changes of rows that are told apart by all they hold, alike ones among them',
    before: [
      `CREATE TABLE ${s}.a (x int, f float8, j json, p point, t text);
         INSERT INTO ${s}.a SELECT i % 5, (CASE i % 4 WHEN 0 THEN 'NaN' WHEN 1 THEN '-0' ELSE '0' END)::float8,
           '{"a" :  1}', point(i % 2, 0), nullif('t' || i % 3, 't0') FROM generate_series(1, 200) i;
         CREATE TABLE ${s}.b (x numeric, c text); CREATE INDEX ON ${s}.b (x);
         INSERT INTO ${s}.b VALUES (1.0, 'a'), (1.00, 'a'), (1.0, 'a'), (NULL, NULL), (NULL, NULL)`,
    ],
    work: [
      `DELETE FROM ${s}.a WHERE ctid IN (SELECT min(ctid) FROM ${s}.a GROUP BY x, t)`,
      `UPDATE ${s}.a SET x = x + 1 WHERE f = 0`,
      `UPDATE ${s}.a SET x = x - 1, p = point(9, 9) WHERE x = 2`,
      `UPDATE ${s}.a SET j = NULL WHERE t IS NULL`,
      `UPDATE ${s}.b SET c = 'changed' WHERE ctid = (SELECT max(ctid) FROM ${s}.b WHERE x = 1)`,
      `DELETE FROM ${s}.b WHERE x::text = '1.00'`,
      `DELETE FROM ${s}.b WHERE ctid = (SELECT min(ctid) FROM ${s}.b WHERE x IS NULL)`,
    ],
  }),
  (s) => ({
    name: 'changes of keys, in chains, swaps and back',
    before: [
      `CREATE TABLE ${s}.a (id int PRIMARY KEY, v text UNIQUE);
         INSERT INTO ${s}.a SELECT i, 'v' || i FROM generate_series(1, 50) i;
         CREATE TABLE ${s}.two (a int, b text, c int, PRIMARY KEY (b, a)); INSERT INTO ${s}.two VALUES (1, 'x', 1), (2, 'x', 2);
         CREATE TABLE ${s}.by_index (a int NOT NULL, b int); CREATE UNIQUE INDEX by_a ON ${s}.by_index (a);
         ALTER TABLE ${s}.by_index REPLICA IDENTITY USING INDEX by_a; INSERT INTO ${s}.by_index VALUES (1, 1), (2, 2);
         CREATE TABLE ${s}.deferred (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, u int NOT NULL, v int);
         CREATE UNIQUE INDEX by_u ON ${s}.deferred (u); ALTER TABLE ${s}.deferred REPLICA IDENTITY USING INDEX by_u;
         INSERT INTO ${s}.deferred VALUES (1, 1, 1), (2, 2, 2)`,
    ],
    work: [
      `DO $$ BEGIN FOR i IN REVERSE 50..1 LOOP UPDATE ${s}.a SET id = id + 1 WHERE id = i; END LOOP; END $$`,
      `UPDATE ${s}.a SET id = 1000 WHERE id = 2; UPDATE ${s}.a SET id = 2 WHERE id = 3;
         UPDATE ${s}.a SET id = 3 WHERE id = 1000`,
      `UPDATE ${s}.a SET v = NULL WHERE id = 10; UPDATE ${s}.a SET v = 'v9' || id WHERE id = 11;
         UPDATE ${s}.a SET v = 'v10' WHERE id = 12; UPDATE ${s}.a SET v = 'v11' WHERE id = 10`,
      `DELETE FROM ${s}.a WHERE id = 20; INSERT INTO ${s}.a VALUES (20, 'anew'); UPDATE ${s}.a SET id = 21000 WHERE id = 20;
         INSERT INTO ${s}.a VALUES (20, 'again'); DELETE FROM ${s}.a WHERE id = 21000`,
      `UPDATE ${s}.two SET a = 5, c = 7 WHERE a = 1; UPDATE ${s}.two SET b = 'y' WHERE a = 5; UPDATE ${s}.two SET c = 8`,
      `UPDATE ${s}.by_index SET a = a + 10, b = 5`,
      `BEGIN; UPDATE ${s}.deferred SET id = 3 - id; UPDATE ${s}.deferred SET v = 7 WHERE id = 1; COMMIT`,
    ],
  }),
  (s) => ({
    name: 'TRUNCATE, cascading, with identities begun anew, and followed by rows',
    before: [
      `CREATE TABLE ${s}.parent (id serial PRIMARY KEY);
         CREATE TABLE ${s}.child (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent int REFERENCES ${s}.parent);
         CREATE TABLE ${s}.heir () INHERITS (${s}.parent);
         INSERT INTO ${s}.parent SELECT FROM generate_series(1, 5); INSERT INTO ${s}.child (parent) VALUES (1), (2);
         INSERT INTO ${s}.heir VALUES (100), (101); ALTER TABLE ${s}.heir ADD PRIMARY KEY (id)`,
    ],
    work: [
      `INSERT INTO ${s}.child (parent) VALUES (3)`,
      `TRUNCATE ONLY ${s}.parent RESTART IDENTITY CASCADE`,
      `INSERT INTO ${s}.parent DEFAULT VALUES; INSERT INTO ${s}.child (parent) VALUES (1)`,
      `BEGIN; INSERT INTO ${s}.heir VALUES (7); TRUNCATE ${s}.heir; INSERT INTO ${s}.heir VALUES (8); COMMIT`,
    ],
  }),
  (s) => ({
    name: 'rows moved between partitions',
    before: [
      `CREATE TABLE ${s}.p (id int, at date, v text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
         CREATE TABLE ${s}.p1 PARTITION OF ${s}.p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
         CREATE TABLE ${s}.p2 (v text, gone int, at date NOT NULL, id int NOT NULL); ALTER TABLE ${s}.p2 DROP COLUMN gone;
         ALTER TABLE ${s}.p ATTACH PARTITION ${s}.p2 FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
         CREATE TABLE ${s}.rest PARTITION OF ${s}.p DEFAULT;
         INSERT INTO ${s}.p SELECT i, '2024-01-01'::date + i, 'v' || i FROM generate_series(0, 80) i`,
    ],
    work: [
      `UPDATE ${s}.p SET at = at + 30 WHERE id % 2 = 0`,
      `UPDATE ${s}.p SET at = at - 30, v = 'moved' WHERE id % 4 = 0; DELETE FROM ${s}.p WHERE id = 5`,
      `TRUNCATE ${s}.p1`,
      `CREATE TABLE ${s}.p3 PARTITION OF ${s}.p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
         INSERT INTO ${s}.p VALUES (1000, '2025-05-05', 'new')`,
      `UPDATE ${s}.p SET at = '2025-06-06' WHERE id = 3`,
      `ALTER TABLE ${s}.p DETACH PARTITION ${s}.p2; INSERT INTO ${s}.p2 VALUES ('alone', '1999-01-01', 1)`,
      `TRUNCATE ${s}.p; INSERT INTO ${s}.p VALUES (1, '2024-01-05', 'after')`,
    ],
  }),
  (s) => ({
    name: 'generated columns and identities of both kinds',
    before: [
      `CREATE TABLE ${s}.a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, w int, area int GENERATED ALWAYS AS (w * w) STORED);
         CREATE TABLE ${s}.b (id bigint GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT -5 MAXVALUE 1000) PRIMARY KEY, s smallserial, v text);
         CREATE TABLE ${s}.c (k text PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, v text, long text);
         CREATE TABLE ${s}.d (n int GENERATED ALWAYS AS IDENTITY, v text);
         ALTER TABLE ${s}.c ALTER long SET STORAGE EXTERNAL; INSERT INTO ${s}.a (w) VALUES (1), (2);
         INSERT INTO ${s}.c (k, v, long) VALUES ('a', 'b', repeat('x', 9000)), ('b', 'b', NULL); INSERT INTO ${s}.d (v) VALUES ('1'), ('2')`,
    ],
    work: [
      `INSERT INTO ${s}.a (w) SELECT generate_series(1, 40); UPDATE ${s}.a SET w = w + 1 WHERE id > 3`,
      `INSERT INTO ${s}.a OVERRIDING SYSTEM VALUE VALUES (500, 3); UPDATE ${s}.a SET id = DEFAULT WHERE id = 2`,
      `INSERT INTO ${s}.b (v) VALUES ('x'), ('y'); INSERT INTO ${s}.b (id, v) VALUES (999, 'z')`,
      `UPDATE ${s}.c SET n = DEFAULT, v = 'w'; UPDATE ${s}.c SET v = 'x' WHERE k = 'b'`,
      `UPDATE ${s}.d SET n = DEFAULT WHERE v = '1'; UPDATE ${s}.d SET v = '3' WHERE v = '2'`,
    ],
  }),
  (s) => ({
    name: 'triggers and rules that fire in a replica too, which are as they were afterwards',
    before: [
      `CREATE TABLE ${s}.a (id int PRIMARY KEY, v text); CREATE TABLE ${s}.log (n serial PRIMARY KEY, v text);
         CREATE FUNCTION ${s}.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           INSERT INTO ${s}.log (v) VALUES (TG_NAME || ' ' || NEW.v); NEW.v := NEW.v || '!'; RETURN NEW; END $$;
         CREATE TRIGGER plain BEFORE INSERT OR UPDATE ON ${s}.a FOR EACH ROW EXECUTE FUNCTION ${s}.note();
         CREATE TRIGGER always BEFORE INSERT ON ${s}.a FOR EACH ROW EXECUTE FUNCTION ${s}.note();
         CREATE TRIGGER on_replica AFTER INSERT ON ${s}.a FOR EACH ROW EXECUTE FUNCTION ${s}.note();
         CREATE TRIGGER off BEFORE INSERT ON ${s}.a FOR EACH ROW EXECUTE FUNCTION ${s}.note();
         ALTER TABLE ${s}.a ENABLE ALWAYS TRIGGER always, ENABLE REPLICA TRIGGER on_replica, DISABLE TRIGGER off;
         CREATE RULE twice AS ON DELETE TO ${s}.a DO ALSO INSERT INTO ${s}.log (v) VALUES ('deleted');
         ALTER TABLE ${s}.a ENABLE ALWAYS RULE twice, ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
    ],
    work: [
      `INSERT INTO ${s}.a VALUES (1, 'one'), (2, 'two')`,
      `UPDATE ${s}.a SET v = 'changed' WHERE id = 1; DELETE FROM ${s}.a WHERE id = 2`,
      `ALTER TABLE ${s}.a DISABLE TRIGGER always; INSERT INTO ${s}.a VALUES (3, 'three')`,
      `ALTER TABLE ${s}.a ENABLE ALWAYS TRIGGER off; INSERT INTO ${s}.a VALUES (4, 'four')`,
    ],
  }),
];
