import { z } from 'zod';

/** Lower-case name that is legal in every AWS name we derive from it (DNS label, ECR, ECS, RDS, S3). */
export const slug = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[a-z](?:-?[a-z0-9])*$/, 'lower-case letters, digits and single hyphens, starting with a letter');

export const accountId = z.string().regex(/^\d{12}$/, 'twelve digits in quotes');

export const regionName = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'the name of an AWS region, for example us-east-1');

export const zoneName = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'the name of an Availability Zone, for example us-east-1a');

export const cidr = z
  .string()
  .regex(
    /^(\d{1,3}\.){3}\d{1,3}\/(1[6-9]|2[0-2])$/,
    'an IPv4 block between /16 and /22, for example 10.0.0.0/16',
  );

/** Addresses that something is open to; never all of them. */
export const addressBlock = z
  .string()
  .regex(
    /^(\d{1,3}\.){3}\d{1,3}\/([89]|[12]\d|3[0-2])$/,
    'an IPv4 block between /8 and /32, for example 203.0.113.7/32',
  );

export const dnsName = z
  .string()
  .max(253)
  .regex(
    /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
    'a DNS name in lower case, for example app.example.com',
  );

export const httpPath = z
  .string()
  .max(1024)
  .regex(/^\/[\w\-./~%]*$/, 'a path that starts with /, for example /health');

/** A path pattern of an ALB rule or of a WAF scope: `*` and `?` are wildcards. */
export const pathPattern = z
  .string()
  .max(128)
  .regex(/^\/[\w\-./~*?&$"'@:+]*$/, 'a path pattern that starts with /, for example /api/*');

export const port = z.int().min(1).max(65535);
export const percent = z.number().min(1).max(100);
export const seconds = (min: number, max: number) => z.int().min(min).max(max);
export const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of an environment variable, for example LOG_LEVEL');

/** CloudWatch Logs keeps logs only for these numbers of days. */
export const logRetentionDays = z.literal([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096,
]);

/** A cron expression of EventBridge Scheduler without the enclosing `cron(...)`: six fields, in UTC. */
export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day in UTC, for example "02:00"');

/** `size: small | medium | large`: defaults for every number that the file leaves out. */
export const sizeName = z.enum(['small', 'medium', 'large']);
export type SizeName = z.output<typeof sizeName>;
