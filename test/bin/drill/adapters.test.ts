import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateDBInstanceReadReplicaCommand, RDSClient } from '@aws-sdk/client-rds';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clients } from '../../../bin/checks/aws/call';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { drillDatabases } from '../../../bin/drill/aws/databases';
import { restoreDrills } from '../../../bin/drill/aws/restores';
import { NoThrowAway, throwAways } from '../../../bin/drill/aws/throw-aways';
import { Course } from '../../../bin/drill/course';
import { measurePromotion } from '../../../bin/drill/promotion';
import { s3Store } from '../../../lambda/archive/aws/s3';
import { type Clock, systemClock } from '../../../lambda/runtime/clock';
import { type LocalAws, startLocalAws } from '../../../local/aws-api';
import { edit, VALID } from '../../config/fixture';
import { HOME, STANDBY, until } from '../../integration/support/places';
import {
  ACCOUNT,
  describeInstance,
  IDENTIFIER,
  isAvailable,
  makePlatform,
} from '../../integration/support/rds-platform';
import { type AwsStub, startAwsStub } from '../../support/aws-stub';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../../support/local-aws';
import { terminal } from '../operate/fakes';
import { platform } from '../support/ports';
import { account } from './support';

/** The adapters against RDS and S3 as the local AWS API has them: instances pass through their statuses. */

const SHOP_EDIT = ['name: demo\naccount', 'name: shop\naccount'] as const;
const SHOP = platform(SHOP_EDIT);
const DRILL = '20260131t020015';
const MINE = `${IDENTIFIER}-promotion-drill-${DRILL}`;
const KEY = `arn:aws:kms:${STANDBY}:${ACCOUNT}:key/1`;
const BUCKET = 'shop-archive';
/** Does not make the test wait for what takes minutes on AWS. */
const HURRIED: Clock = { ...systemClock, sleep: (_, signal) => systemClock.sleep(30, signal) };

let api: LocalAws;
let lambda: AwsStub;
const before = { ...process.env };

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce, statusSeconds: 0.1 });
  lambda = await startAwsStub(() => ({ status: 202, body: '' }));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: api.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
    AWS_REGION: HOME,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  await makePlatform();
  await makeEncryptedReplica();
}, WITH_INSTALLATION_MS);
afterAll(async () => {
  process.env = before;
  await lambda?.stop();
  await api?.stop();
});

/** As the Data stack of the standby makes it. */
async function makeEncryptedReplica(): Promise<void> {
  const source = await describeInstance(HOME);
  await new RDSClient({ region: STANDBY }).send(
    new CreateDBInstanceReadReplicaCommand({
      DBInstanceIdentifier: IDENTIFIER,
      SourceDBInstanceIdentifier: source?.DBInstanceArn,
      DBParameterGroupName: 'shop-parameters',
      DBSubnetGroupName: 'shop-subnets',
      KmsKeyId: KEY,
    }),
  );
  await until('the standby has a replica', () => isAvailable(STANDBY));
}

function adapters() {
  const shared = clients();
  const databases = drillDatabases(shared, SHOP);
  return { databases, throwAways: throwAways(shared, SHOP, databases) };
}

const rolesOf = async () => {
  const found = await Promise.all(([HOME, STANDBY] as const).map((region) => describeInstance(region)));
  return found.map((one) => [one?.DBInstanceStatus, one?.ReadReplicaSourceDBInstanceIdentifier]);
};

describe('RDS', () => {
  it('makes a replica across regions as the one that is there, promotes it and deletes it', async () => {
    const rds = adapters();
    const model = await rds.databases.model(STANDBY);
    const said: string[] = [];
    const course = new Course(HURRIED, (sentence) => said.push(sentence));
    const roles = await rolesOf();
    const unused = account();
    const context = {
      platform: SHOP,
      ports: { operator: unused.operator, restores: unused.restores, ...rds },
      manner: { json: false, dryRun: false, clock: HURRIED, stop: new AbortController().signal },
      course,
    };
    const end = await measurePromotion(context, { leader: HOME, standby: STANDBY, drill: DRILL, model });

    expect(end.expectations.filter(({ held }) => !held)).toEqual([]);
    expect(end.figures.promotionSeconds).toBeGreaterThan(0.1);
    expect(said).toContain(`${MINE}: available`);
    expect(said).toContainEqual(expect.stringMatching(`^${MINE} is promoted: P is`));
    expect(await describeInstance(STANDBY, MINE)).toBeUndefined();
    expect(await rolesOf()).toEqual(roles);
  });

  it('gives a replica the key, the class and the parameters of the region, behind the quarantine', async () => {
    const rds = adapters();
    const model = await rds.databases.model(STANDBY);
    const source = (await describeInstance(HOME))?.DBInstanceArn ?? '';
    const replica = { identifier: MINE, drill: DRILL, source, model };
    await rds.throwAways.make(STANDBY, replica);
    await rds.throwAways.make(STANDBY, replica);

    expect(await rds.databases.list(STANDBY, model.parameterGroup)).toEqual([
      expect.objectContaining({ identifier: MINE, drill: DRILL, parameters: 'other-group' }),
    ]);
    const made = await describeInstance(STANDBY, MINE);
    expect(made).toMatchObject({
      DBInstanceClass: model.instanceClass,
      KmsKeyId: KEY,
      DeletionProtection: false,
    });
    expect(made?.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId)).toEqual([
      model.securityGroup,
    ]);
    await rds.throwAways.remove(STANDBY, MINE);
  });

  it('touches nothing that has not both the name and the tags of a drill', async () => {
    const rds = adapters();
    const untagged = `${IDENTIFIER}-promotion-drill-untagged`;
    const source = (await describeInstance(HOME))?.DBInstanceArn;
    await new RDSClient({ region: STANDBY }).send(
      new CreateDBInstanceReadReplicaCommand({
        DBInstanceIdentifier: untagged,
        SourceDBInstanceIdentifier: source,
        Tags: [{ Key: 'holdfast:drill', Value: DRILL }],
      }),
    );
    for (const name of [IDENTIFIER, untagged]) {
      const work = rds.throwAways;
      await expect(work.promote(STANDBY, name, { days: 7, window: '04:00-05:00' })).rejects.toThrow(
        NoThrowAway,
      );
      await expect(work.setParameters(STANDBY, name, 'shop-parameters')).rejects.toThrow(NoThrowAway);
      await expect(work.restart(STANDBY, name)).rejects.toThrow(NoThrowAway);
    }
    await expect(rds.throwAways.remove(HOME, IDENTIFIER)).rejects.toThrow(NoThrowAway);
    await rds.throwAways.remove(STANDBY, untagged);
    expect(await describeInstance(STANDBY, untagged)).toBeDefined();
    expect(await rds.databases.list(STANDBY, '')).not.toContainEqual(
      expect.objectContaining({ identifier: untagged }),
    );
  });

  it('says in a sentence what a region lacks', async () => {
    await expect(adapters().databases.model('us-east-2')).rejects.toThrow(
      'There must be one security group shop-quarantine in us-east-2.',
    );
  });
});

describe('holdfast drill --aws --clean-up', () => {
  it('looks in both regions for what is left, and leaves all else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-clean-up-'));
    const file = join(folder, 'shop.yaml');
    writeFileSync(file, edit(VALID, SHOP_EDIT));
    const { end, said } = terminal();
    try {
      expect(await run(['drill', '--aws', '--clean-up', '--platform', file], end)).toBe(EXIT.ok);
      expect(said.out).toBe('shop: done. No drill has left anything.\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the restore drill that is deployed', () => {
  const put = (Key: string, value: unknown) =>
    new S3Client({ region: HOME, forcePathStyle: true }).send(
      new PutObjectCommand({ Bucket: BUCKET, Key, Body: JSON.stringify(value) }),
    );
  const drills = () =>
    restoreDrills(clients(), 'shop-restore-drill', (region) =>
      s3Store({ bucket: BUCKET, region, forcePathStyle: true }, systemClock),
    );

  it('is read where it writes down: its last step, and the report of one that has ended', async () => {
    await new S3Client({ region: HOME, forcePathStyle: true }).send(
      new CreateBucketCommand({ Bucket: BUCKET }),
    );
    expect(await drills().last(HOME)).toBeUndefined();
    await put('drills/20260101t0000/0000.json', { id: '20260101t0000', step: 'restoring' });
    await put('drills/20260101t0000/0001.json', { id: '20260101t0000', step: 'filling' });
    expect(await drills().last(HOME)).toMatchObject({ id: '20260101t0000', step: 'filling' });
    expect(await drills().report(HOME, '20260101t0000')).toBeUndefined();
    const report = {
      id: '20260101t0000',
      outcome: 'succeeded',
      beganMs: 1,
      nativeTimeMs: 1,
      sentence: 'Well.',
    };
    await put('drill-reports/20260101t0000.json', report);
    expect(await drills().report(HOME, '20260101t0000')).toEqual(report);
    await put('drill-reports/strange.json', { id: 'strange' });
    await expect(drills().report(HOME, 'strange')).rejects.toThrow('is no report of a restore drill');
  });

  it('is started without waiting for its end', async () => {
    await drills().invoke(HOME, { start: true });
    expect(lambda.requests).toEqual([
      expect.objectContaining({
        path: '/2015-03-31/functions/shop-restore-drill/invocations',
        headers: expect.objectContaining({ 'x-amz-invocation-type': 'Event' }),
        body: '{"start":true}',
      }),
    ]);
  });
});
