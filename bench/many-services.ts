import { parse, stringify } from 'yaml';

/**
 * A platform file with many services: each behind its own path, scaled, with a secret and a bucket, like the back end of
 * the file that it is made from.
 * @param template text of a valid platform file; its first service with secrets is the pattern
 * @param count number of services
 */
export function manyServices(template: string, count: number): string {
  const document = parse(template) as {
    services: Record<string, Record<string, unknown>>;
    database?: unknown;
    objectives?: object;
  };
  const pattern = Object.values(document.services).find((service) => service.secrets !== undefined);
  if (!pattern) throw new Error('The template has no service that reads a secret.');
  const services = Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const name = `service-${String(index + 1).padStart(2, '0')}`;
      return [
        name,
        {
          ...pattern,
          image: `${name}:1.0.0`,
          replicas: { min: 2, desired: 2, max: 4, standby: 1 },
          routes: [{ paths: [`/${name}/*`], priority: index + 1 }],
        },
      ];
    }),
  );
  const pool = { maxConnections: 10_000, open: 10 };
  return stringify(
    {
      ...document,
      services,
      database: { ...(document.database as object), pool },
      // Those of single parts name services that are gone.
      objectives: { ...document.objectives, components: {} },
    },
    { aliasDuplicateObjects: false },
  );
}
