import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { NewService } from '../../lib/config/new-platform';
import { httpPath, pathPattern, port, slug } from '../../lib/config/schema/primitives';
import { service } from '../../lib/config/schema/service';
import { describeAllowed } from '../../lib/config/schema-walk';
import { didYouMean } from '../../lib/config/suggest';

const KEYS = ['name', 'image', 'port', 'path', 'health'] as const;
type Key = (typeof KEYS)[number];

const SCHEMAS: Readonly<Record<Key, z.ZodType>> = {
  name: slug(24),
  image: service.shape.image,
  port: z.coerce.number().pipe(port),
  path: pathPattern,
  health: httpPath,
};

/** @returns why a text cannot be what a service has under a key; undefined if it can */
export function serviceObjection(key: Key, value: string): string | undefined {
  if (SCHEMAS[key].safeParse(value).success) return undefined;
  const allowed = key === 'port' ? describeAllowed(port) : describeAllowed(SCHEMAS[key]);
  return `${key}: ${JSON.stringify(value)} is not allowed; allowed: ${allowed}.`;
}

/**
 * Reads `name=web,image=web:1.0.0,port=8080,path=/*,health=/health`.
 * @throws InvalidArgumentError with what is wrong and what is allowed
 */
export function readServiceFlag(text: string): NewService {
  const given = new Map(
    text.split(',').map((part): [string, string] => {
      const sign = part.indexOf('=');
      return sign < 0 ? [part.trim(), ''] : [part.slice(0, sign).trim(), part.slice(sign + 1).trim()];
    }),
  );
  for (const [key, value] of given) {
    const known = KEYS.find((one) => one === key);
    if (known === undefined)
      throw new InvalidArgumentError(
        `${key} is unknown;${didYouMean(key, KEYS)} allowed: ${KEYS.join(', ')}.`,
      );
    const why = serviceObjection(known, value);
    if (why !== undefined) throw new InvalidArgumentError(why);
  }
  const name = given.get('name');
  const image = given.get('image');
  if (name === undefined || image === undefined)
    throw new InvalidArgumentError('It needs a name and an image: name=web,image=web:1.0.0.');
  const number = given.get('port');
  if (number === undefined && (given.has('path') || given.has('health')))
    throw new InvalidArgumentError('A service with a path needs a port too, for example port=8080.');
  return {
    name,
    image,
    port: number === undefined ? undefined : Number(number),
    path: given.get('path') ?? (number === undefined ? undefined : '/*'),
    health: given.get('health'),
  };
}
