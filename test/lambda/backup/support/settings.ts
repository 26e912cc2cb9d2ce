import type { BackupSettings } from '../../../../lambda/backup/contract';
import { firstRecord, type LeadershipRecord } from '../../../../lambda/leader/record';

export const HOME = 'us-east-1';
export const STANDBY = 'us-west-2';
export const ACCOUNT = '123456789012';

/** A platform with everything, as the function of one region sees it. */
export function settingsOf(own = HOME, patch: Partial<BackupSettings> = {}): BackupSettings {
  const other = own === HOME ? STANDBY : HOME;
  const bucket = (name: string, region: string) => `shop-${name}-${ACCOUNT}-${region}`;
  return {
    platform: 'shop',
    account: ACCOUNT,
    own,
    other,
    schedules: [
      { name: 'nightly', at: '02:00', covers: ['database', 'cache', 'configuration'] },
      { name: 'noon', at: '12:30', covers: ['database'] },
    ],
    keep: { daily: 7, weekly: 4, monthly: 12 },
    archive: { own: bucket('archive', own), other: bucket('archive', other) },
    keyAlias: 'alias/shop-data',
    database: { identifier: 'shop-db', retentionDays: 7 },
    cache: {
      replicationGroup: 'shop-cache',
      everyMinutes: 60,
      retentionDays: 7,
      exports: bucket('cache-exports', own),
    },
    buckets: [{ name: 'files', own: bucket('files', own), other: bucket('files', other), replicate: true }],
    configuration: {
      secretPrefix: 'shop/',
      regionalSecrets: ['shop/cache'],
      stackPrefixes: { own: `Shop-${own}-`, other: `Shop-${other}-` },
      cluster: 'shop',
    },
    ...patch,
  };
}

/** The platform as it is after its first deployment: home leads. */
export const recordOf = (patch: Partial<LeadershipRecord> = {}): LeadershipRecord => ({
  ...firstRecord(HOME, 60, 5),
  ...patch,
});
