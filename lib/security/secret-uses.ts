import { DATABASE_SECRET_FIELDS, RANDOM_SECRET_FIELD } from '../../lambda/secret-rotation/contract';
import type { Platform } from '../config/platform';

/** A place in the platform file that names a secret. */
export interface SecretUse {
  /** Without the name of the platform. */
  readonly secret: string;
  /** For example `services.backend.secrets.SMTP_PASSWORD`. */
  readonly place: string;
  /** Fields of a JSON object that are taken there; empty: the whole value. */
  readonly fields: readonly string[];
}

/** @returns every place in the file that names a secret, in the order of the file's parts */
export function secretUses({ services, database, alerts }: Platform): SecretUse[] {
  const ofServices = services.flatMap((service) =>
    Object.entries(service.secrets).map(([variable, reference]): SecretUse => {
      const [secret = reference, field] = reference.split('.');
      const place = `services.${service.name}.secrets.${variable}`;
      return { secret, place, fields: field === undefined ? [] : [field] };
    }),
  );
  const ofTheDatabase: SecretUse[] =
    database?.kind === 'external'
      ? [{ secret: database.secret, place: 'database.secret', fields: DATABASE_SECRET_FIELDS }]
      : [];
  const whole = (secret: string | undefined, place: string): SecretUse[] =>
    secret === undefined ? [] : [{ secret, place, fields: [] }];
  const ofReceivers = Object.entries(alerts?.receivers ?? {}).flatMap(([name, { pagerDuty, webhook }]) => [
    ...whole(pagerDuty, `alerts.receivers.${name}.pagerDuty`),
    ...whole(webhook, `alerts.receivers.${name}.webhook`),
  ]);
  return [
    ...ofServices,
    ...ofTheDatabase,
    ...whole(alerts?.slackWebhook, 'alerts.slackWebhook'),
    ...ofReceivers,
  ];
}

/**
 * @param secret without the name of the platform
 * @returns the fields that a JSON object must have for the readers of a secret, sorted; empty if they take plain text
 */
export function expectedFields(platform: Platform, secret: string): string[] {
  const generated = platform.secrets.some(({ name, generate }) => name === secret && generate);
  const read = secretUses(platform).flatMap((use) => (use.secret === secret ? use.fields : []));
  return [...new Set([...read, ...(generated ? [RANDOM_SECRET_FIELD] : [])])].sort();
}
