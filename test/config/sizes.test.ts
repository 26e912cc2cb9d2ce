import { describe, expect, it } from '@jest/globals';
import { AWS_REGIONS, MRSC_SETS } from '../../lib/config/aws-regions';
import { bucketName } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import { descriptionOf } from '../../lib/config/reference-tables';
import { platformSchema } from '../../lib/config/schema/platform';
import { schemaAt } from '../../lib/config/schema-walk';
import { databaseClass, FARGATE_SIZES, fargateSize, SIZES } from '../../lib/config/sizes';

describe('fargateSize', () => {
  it.each([
    [0.25, 256, 256, 512],
    [0.25, 512, 256, 512],
    [0.25, 513, 256, 1024],
    [0.25, 2049, 512, 3072],
    [0.3, 512, 512, 1024],
    [1, 9000, 2048, 9216],
    [16, 122_880, 16_384, 122_880],
  ])('of %d vCPU with %d MiB is the smallest that has both', (cpu, memory, cpuUnits, memoryMib) => {
    expect(fargateSize(cpu, memory)).toEqual({ cpuUnits, memoryMib });
  });

  it.each([
    [17, 1024],
    [1, 122_881],
  ])('of %d vCPU with %d MiB does not exist', (cpu, memory) => {
    expect(fargateSize(cpu, memory)).toBeUndefined();
  });

  it('knows every pair once', () => {
    expect(FARGATE_SIZES).toHaveLength(3 + 4 + 7 + 13 + 23 + 12 + 12);
    expect(new Set(FARGATE_SIZES.map((s) => `${s.cpuUnits} ${s.memoryMib}`)).size).toBe(FARGATE_SIZES.length);
  });
});

describe('databaseClass', () => {
  it.each([
    [2, 4, true, 'db.t4g.medium'],
    [2, 4, false, 'db.m7g.large'],
    [4, 8, false, 'db.m7g.xlarge'],
    [2, 16, false, 'db.r7g.large'],
    [64, 256, true, 'db.m7g.16xlarge'],
    [64, 512, false, 'db.r7g.16xlarge'],
  ])('of %d vCPU with %d GiB (burstable: %s) is %s', (cpu, memory, burstable, name) => {
    expect(databaseClass(cpu, memory, burstable)?.name).toBe(name);
  });

  it('does not exist beyond the largest', () => {
    expect(databaseClass(65, 8, false)).toBeUndefined();
    expect(databaseClass(2, 513, true)).toBeUndefined();
  });
});

describe('the defaults that the descriptions name', () => {
  const all = Object.values(SIZES);
  it.each([
    ['services.x.cpu', all.map((s) => s.service.cpu)],
    ['services.x.memory', all.map((s) => s.service.memory)],
    ['services.x.replicas.min', all.map((s) => s.service.minReplicas)],
    ['services.x.replicas.max', all.map((s) => s.service.maxReplicas)],
    ['database.cpu', all.map((s) => s.database.cpu)],
    ['database.memory', all.map((s) => s.database.memoryGib)],
    ['database.storage.gib', all.map((s) => s.database.storageGib)],
    ['database.pool.maxConnections', all.map((s) => s.database.maxConnections)],
    ['cache.nodeClass', all.map((s) => s.cacheNodeClass)],
    ['network.natPerZone', all.map((s) => s.natPerZone)],
    ['network.interfaceEndpoints', all.map((s) => s.interfaceEndpoints.join(' ') || 'none')],
  ])('are those of the sizes: %s', (path, values) => {
    const schema = schemaAt(platformSchema, path.split('.'), { database: {} });
    expect(schema && descriptionOf(schema)).toContain(`Default by size: ${values.join(', ')}.`);
  });
});

describe('names', () => {
  it('of buckets fit the 63 characters of S3, however long platform, bucket and region are', () => {
    const longest = { name: 'p'.repeat(18), account: '1'.repeat(12) } as Platform;
    for (const region of AWS_REGIONS) {
      expect(bucketName(longest, 'b'.repeat(16), region).length).toBeLessThanOrEqual(63);
    }
  });

  it('of the regions with strong consistency are known regions', () => {
    expect(MRSC_SETS.flat().filter((name) => !AWS_REGIONS.includes(name))).toEqual([]);
  });
});
