import type { ComposeService } from '../project';
import { quotedWords, shellWords } from '../read/words';

/** What the migrations of the common frameworks are called. */
const MIGRATION =
  /\bmigrat|alembic\s+(-\S+\s+\S+\s+)*upgrade|\bdb:(prepare|setup|schema:load)|prisma\s+db\s+push|\bflyway\b|\bliquibase\b|\bdbmate\b|\bgoose\b.*\bup\b|\bflask\b.*\bdb\s+upgrade/i;

/** Whether a command brings a database to the present schema. */
export const isMigrationCommand = (text: string): boolean => MIGRATION.test(text);

/** Whether a service does nothing else than bring a database to the present schema. */
export function isMigration({ name, command, entrypoint, image }: ComposeService): boolean {
  return (
    isMigrationCommand([...(entrypoint ?? []), ...(command ?? [])].join(' ')) ||
    /(^|[-_.])(migrat\w*|flyway|liquibase)($|[-_.])/i.test(name) ||
    /\b(flyway|liquibase)\b/.test(image ?? '')
  );
}

/** A command of a service, parted into the migration before it and the rest. */
export interface PartedCommand {
  readonly migration: readonly string[];
  readonly command: readonly string[];
}

/**
 * Parts `sh -c "migrate && serve"`.
 * @returns undefined if there is no migration in it, or nothing else
 */
export function partedCommand(words: readonly string[]): PartedCommand | undefined {
  const [shell = '', ...rest] = words;
  const isShell = /^(\/(usr\/)?bin\/)?(ba|a|da)?sh$/.test(shell);
  const script = rest.at(-1);
  const flags = rest.slice(0, -1);
  if (
    !isShell ||
    script === undefined ||
    flags.length === 0 ||
    !flags.every((flag) => /^-\w*[cel]\w*$/.test(flag))
  )
    return undefined;
  const steps = script.split(/\s*(?:&&|;|\n)\s*/).filter((step) => step.trim() !== '');
  const migrations = steps.filter(isMigrationCommand);
  const others = steps.filter((step) => !isMigrationCommand(step));
  const [only] = migrations;
  if (only === undefined || others.length === 0) return undefined;
  // One plain command needs no shell; several, or one with something that only a shell knows, keep theirs.
  const isPlain = migrations.length === 1 && !/[|<>$`()*?]/.test(only);
  const migration = isPlain ? shellWords(only) : [shell, ...flags, migrations.join(' && ')];
  return { migration, command: [shell, ...flags, others.join(' && ')] };
}

/** A command as a person writes it. */
export const commandText = (words: readonly string[]): string => quotedWords(words);
