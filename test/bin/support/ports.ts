import type { Ports } from '../../../bin/checks/ports';
import { parsePlatform } from '../../../lib/config/load';
import type { Platform } from '../../../lib/config/platform';
import { edit, FILE, VALID } from '../../config/fixture';

/** The platform of the fixture, with edits of its file. */
export const platform = (...changes: readonly (readonly [from: string, to: string])[]): Platform =>
  parsePlatform(edit(VALID, ...changes), FILE);

export const NAME_SERVERS = ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com'];
export const ACCOUNT = '123456789012';

/** An account in which nothing stands in the way of the fixture's first deployment. */
export function readyPorts(): Ports {
  return {
    identity: {
      caller: async () => ({ account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/anna` }),
    },
    regions: {
      optInStatus: async () =>
        new Map(['us-east-1', 'us-east-2', 'us-west-2'].map((region) => [region, 'opt-in-not-required'])),
      zones: async (region) =>
        new Map(['a', 'b', 'c', 'd'].map((letter) => [`${region}${letter}`, 'available'])),
    },
    stacks: { list: async () => [] },
    bootstrap: { version: async () => 30 },
    zones: {
      zone: async () => ({ name: 'example.com', isPrivate: false, nameServers: NAME_SERVERS }),
      recordTypes: async () => [],
    },
    names: {
      nameServers: async (name) => (['example.com', 'com'].includes(name) ? NAME_SERVERS : []),
      authorities: async () => [],
    },
    roles: { exists: async () => true },
    quotas: { value: async () => 1000, concurrentExecutions: async () => 1000 },
    usage: {
      elasticAddresses: async () => 0,
      networks: async () => 1,
      databases: async () => 0,
      balancers: async () => 0,
    },
    images: { find: async () => 'image' },
    secrets: { stages: async () => ['AWSCURRENT'] },
    databases: {
      versions: async () => ['17.5', '17.6'],
      options: async (region) => [
        {
          zones: ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
          canBeMultiAz: true,
          storageType: 'gp3',
        },
      ],
    },
    caches: { versions: async () => ['7.2', '8.0'], hasReservations: async () => true },
  };
}

/** A ready account but for what is given. */
export const ports = (changes: Partial<Ports>): Ports => ({ ...readyPorts(), ...changes });
