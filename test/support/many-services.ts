import type { Platform } from '../../lib/config/platform';
import { variant } from './synth';

/**
 * ops-center with many services instead of its two: each with an image, a path, a secret and the buckets of its own,
 * scaled and in a session. Names as long as the schema allows.
 */
export function manyServices(count: number): Platform {
  const services = Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const name = `service-with-long-name-${index + 1}`.slice(-24).replace(/^-/, 's');
      return [
        name,
        {
          image: `${name}:1.0.0`,
          ports: { http: 8080 },
          routes: [{ paths: [`/${name}/*`], priority: index + 1 }],
          replicas: { min: 2, max: 4 },
          scaling: { cpuPercent: 70, memoryPercent: 80, requestsPerSecond: 100 },
          health: { path: '/health' },
          stickiness: { seconds: 3600 },
          secrets: {
            DATABASE_USER: 'database.username',
            CACHE_PASSWORD: 'cache.password',
            SIGNING_KEY: 'jwt-key.value',
          },
          buckets: ['uploads', 'exports'],
        },
      ];
    }),
  );
  return variant('ops-center', {
    services: { frontend: null, backend: null, ...services },
    database: { pool: { maxConnections: 5000 } },
    objectives: { components: null },
    // They tell no metrics of their own, and nothing is named backend.
    alerts: { thresholds: { DatabaseConnectionPoolExhausted: null }, rules: null },
  });
}
