import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { sayAtOnce } from '../support/local-aws';
import { GROUP, Region } from './rds';
import { ACCOUNT, outputs, Stacks, type Template } from './support';

export const OWNER = { user: 'holdfast_owner', password: 'first-password' };
export const HOME = 'us-east-1';
export const STANDBY = 'us-west-2';
export const KEY_ALIAS = 'alias/shop-data';
const PARAMETERS = { 'rds.force_ssl': '1', 'rds.logical_replication': '1', track_commit_timestamp: '1' };

const keyStack = (Enabled: boolean, aliases: Template['Resources'] = {}): Template => ({
  Resources: {
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [] }, Enabled },
    },
    ...aliases,
  },
  Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
});
const ALIAS = {
  Type: 'AWS::KMS::Alias',
  Properties: { AliasName: KEY_ALIAS, TargetKeyId: { Ref: 'Key' } },
};

/** A shop whose database `shop` in home is encrypted and backed up; the other region has a key and nothing else. */
export class Shop {
  /** How many orders were acknowledged. */
  orders = 0;

  private constructor(
    readonly api: LocalAws,
    readonly home: Region,
    readonly standby: Region,
    /** ARN of the key by name of the region. */
    readonly keys: Readonly<Record<string, string>>,
  ) {}

  static async open(): Promise<Shop> {
    const options = { databases: true, statusSeconds: 0.2, restorableSeconds: 0.3 };
    const api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce, ...options });
    try {
      return await Shop.in(api);
    } catch (error) {
      await api.stop();
      throw error;
    }
  }

  private static async in(api: LocalAws): Promise<Shop> {
    const regions = [new Region(api, HOME), new Region(api, STANDBY)] as const;
    const keys: Record<string, string> = {};
    for (const { name } of regions) {
      const stack = await new Stacks(api, name).create('key', keyStack(true, { Alias: ALIAS }));
      keys[name] = outputs(stack).Arn ?? '';
    }
    for (const region of regions) await region.parameterGroup(PARAMETERS);
    const [home, standby] = regions;
    const encryption = { StorageEncrypted: true, KmsKeyId: keys[HOME] };
    await home.create('shop', OWNER, { DBName: 'shop', BackupRetentionPeriod: 7, ...GROUP, ...encryption });
    await home.settled('shop');
    await home.query('shop', OWNER, 'CREATE TABLE orders (n int PRIMARY KEY, at timestamptz NOT NULL)');
    return new Shop(api, home, standby, keys);
  }

  /** Commits one order after the other while something is done. */
  async ordering<T>(what: () => Promise<T>): Promise<T> {
    const session = await this.home.connect('shop', OWNER);
    let over = false;
    const writing = (async () => {
      while (!over) {
        await session.query('INSERT INTO orders VALUES ($1, clock_timestamp())', [this.orders + 1]);
        this.orders += 1;
      }
      await session.end();
    })();
    const done = await what();
    over = true;
    await writing;
    return done;
  }

  /** @returns how many orders a database has @throws if one is missing among them: a history only lacks its end */
  async ordersIn(region: Region, identifier: string): Promise<number> {
    const text = 'SELECT count(*)::int AS all, coalesce(max(n), 0) AS last FROM orders';
    const [row] = await region.query<{ all: number; last: number }>(identifier, OWNER, text);
    if (!row || row.all !== row.last) throw new Error(`${identifier} has a hole: ${JSON.stringify(row)}.`);
    return row.all;
  }

  /** @returns ARN of a key of the standby's region that is switched off */
  async disabledKey(): Promise<string | undefined> {
    const stacks = new Stacks(this.api, STANDBY);
    await stacks.create('disabled', keyStack(true));
    return outputs(await stacks.update('disabled', keyStack(false))).Arn;
  }
}
