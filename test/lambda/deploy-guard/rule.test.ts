import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type KnownLeadership,
  type PlannedChange,
  type Properties,
  refusals,
} from '../../../lambda/deploy-guard/rule';
import { changesBetween, parseTemplate } from '../../../lambda/deploy-guard/templates';
import { firstRecord, type LeadershipRecord, STATES } from '../../../lambda/leader/record';

const HOME = 'us-east-1';
const record = firstRecord(HOME, 60, 5);
const since = (changes: Partial<LeadershipRecord>): LeadershipRecord => ({
  ...record,
  history: [...record.history, { epoch: 2, holder: 'us-west-2', reason: 'takeover', sentence: 'Gone.' }],
  epoch: 2,
  holder: 'us-west-2',
  ...changes,
});
const known = (one: LeadershipRecord | undefined = record): KnownLeadership => ({ known: true, record: one });
const UNKNOWN: KnownLeadership = { known: false, sentence: 'No region answered.' };

const WRITER = {
  Type: 'AWS::RDS::DBInstance',
  Properties: { DBInstanceIdentifier: 'shop-db', DBInstanceClass: 'db.r6g.large', KmsKeyId: 'key' },
};
const SOURCE = 'arn:aws:rds:us-east-1:123456789012:db:shop-db';
const REPLICA = {
  Type: 'AWS::RDS::DBInstance',
  Properties: { ...WRITER.Properties, SourceDBInstanceIdentifier: SOURCE },
};
const READS = {
  Type: 'AWS::RDS::DBInstance',
  Properties: { DBInstanceIdentifier: 'shop-db-read-1', SourceDBInstanceIdentifier: { Ref: 'Db' } },
};
const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } };

const change = (before: Properties, next: Properties, region = HOME): PlannedChange => ({
  stack: `Shop-${region}-Data`,
  region,
  holdsData: true,
  deletesStack: false,
  resources: changesBetween({ Resources: before }, { Resources: next }),
});
const withProperties = (one: typeof WRITER, changes: Properties) => ({
  ...one,
  Properties: { ...one.Properties, ...changes },
});

describe('a change of the writer', () => {
  it.each<[string, PlannedChange, string]>([
    ['deletes it', change({ Db: WRITER }, {}), 'It would delete the writer (Db in Shop-us-east-1-Data).'],
    [
      'renames it in the template',
      change({ Db: WRITER }, { Database: WRITER }),
      'It would delete the writer (Db in Shop-us-east-1-Data).',
    ],
    [
      'replaces it',
      change({ Db: WRITER }, { Db: withProperties(WRITER, { KmsKeyId: 'other' }) }),
      'It would replace the writer (Db in Shop-us-east-1-Data): KmsKeyId differs.',
    ],
    [
      'restores it',
      change({ Db: WRITER }, { Db: withProperties(WRITER, { DBSnapshotIdentifier: 'night' }) }),
      'It would replace the writer (Db in Shop-us-east-1-Data): DBSnapshotIdentifier differs.',
    ],
    [
      'makes it a replica',
      change({ Db: WRITER }, { Db: REPLICA }),
      'It would make the writer (Db in Shop-us-east-1-Data) the replica of something else: SourceDBInstanceIdentifier differs.',
    ],
    [
      'promotes its replica',
      change({ Db: REPLICA }, { Db: WRITER }, 'us-west-2'),
      "It would promote the writer's replica (Db in Shop-us-west-2-Data): SourceDBInstanceIdentifier is taken away, and CloudFormation promotes then.",
    ],
    [
      'deletes its stack',
      { ...change({}, {}), deletesStack: true },
      'Shop-us-east-1-Data holds the writer in us-east-1; deleting it is refused.',
    ],
  ])('is refused if it %s', (_, planned, sentence) => {
    expect(refusals(planned, known())).toEqual([sentence]);
  });

  it.each<[string, PlannedChange]>([
    [
      'its size',
      change({ Db: WRITER }, { Db: withProperties(WRITER, { DBInstanceClass: 'db.r6g.xlarge' }) }),
    ],
    ['what is beside it', change({ Db: WRITER, Jobs: QUEUE }, { Db: WRITER })],
    ['the number of copies for reads', change({ Db: WRITER, Reads: READS }, { Db: WRITER })],
    ['nothing: a first deployment', change({}, { Db: WRITER })],
    [
      'nothing but metadata',
      change({ Db: WRITER }, { Db: { ...WRITER, Metadata: { 'aws:cdk:path': 'x' } } }),
    ],
  ])('is allowed if it changes %s', (_, planned) => {
    expect(refusals(planned, known())).toEqual([]);
  });
});

describe('a change during a failover', () => {
  const harmless = change({ Db: WRITER, Jobs: QUEUE }, { Db: WRITER });
  const elsewhere = { ...harmless, stack: 'Shop-us-east-1-Network', holdsData: false };

  it.each(STATES.filter((state) => state !== 'PROTECTED'))(
    'is refused for a Data stack in %s after a move',
    (state) => {
      expect(refusals(harmless, known(since({ state })))).toEqual([
        expect.stringContaining(`a failover is not over: us-west-2 leads in the state ${state}.`),
      ]);
      expect(refusals(elsewhere, known(since({ state })))).toEqual([]);
    },
  );

  it('is allowed once both sides are as their templates say', () => {
    expect(refusals(harmless, known(since({ state: 'PROTECTED' })))).toEqual([]);
    expect(refusals(harmless, known())).toEqual([]);
  });

  it('is allowed if it changes nothing', () => {
    expect(refusals(change({ Db: WRITER }, { Db: WRITER }), known(since({ state: 'PROMOTING' })))).toEqual(
      [],
    );
  });
});

describe('a change while nobody can say who leads', () => {
  it('is refused if it touches the database, and allowed if not', () => {
    const grown = change(
      { Db: WRITER },
      { Db: withProperties(WRITER, { DBInstanceClass: 'db.r6g.xlarge' }) },
    );
    expect(refusals(grown, UNKNOWN)).toEqual([
      'Shop-us-east-1-Data changes the database (Db), and nobody can say now whether a failover is under way. No region answered.',
    ]);
    expect(refusals(change({ Db: WRITER, Jobs: QUEUE }, { Db: WRITER }), UNKNOWN)).toEqual([]);
    expect(refusals(change({}, { Db: WRITER }), UNKNOWN)).toEqual([]);
  });
});

describe('templates', () => {
  it('are the same as JSON and as YAML, with numbers as texts and keys in any order', () => {
    const json = parseTemplate(
      JSON.stringify({
        Resources: { Db: withProperties(WRITER, { MaxAllocatedStorage: 200, MultiAZ: true }) },
      }),
    );
    const yaml = parseTemplate(
      'Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MultiAZ: "true"\n      KmsKeyId: key\n      MaxAllocatedStorage: "200"\n      DBInstanceClass: db.r6g.large\n      DBInstanceIdentifier: shop-db\n',
    );
    expect(changesBetween(json, yaml)).toEqual([]);
  });

  it('differ exactly where a property differs', () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), fc.dictionary(fc.string(), value), (a, b) => {
        const resource = (properties: Properties) => ({
          Resources: { X: { Type: 'T', Properties: properties } },
        });
        expect(changesBetween(resource(a), resource(structuredClone(a)))).toEqual([]);
        if (changesBetween(resource(a), resource(b)).length === 0)
          expect(JSON.parse(texts(a))).toEqual(JSON.parse(texts(b)));
      }),
    );
  });
});

/** Everything as CloudFormation words it, without what is not set. */
const texts = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => {
    if (one === null || one === undefined) return undefined;
    return typeof one === 'object' ? one : String(one);
  });
