import type { Path } from '../../config/problem';
import type { PlatformInput } from '../../config/schema/platform';
import type { ComposeService, Project } from '../project';
import type { Report } from '../report';
import { Names } from './names';
import { secretName } from './secret-names';

interface Entry {
  readonly name: string;
  /** What tells it apart from another secret of the same name; never shown. */
  readonly value: string | undefined;
  readonly subject: string;
  readonly users: Set<string>;
}

/** Gathers the secrets of a platform: their names and what they are for, never their values. */
export class Secrets {
  readonly #entries: Entry[] = [];
  readonly #names = new Names(40, 'secret');

  constructor(
    private readonly project: Project,
    private readonly report: Report,
  ) {}

  /**
   * The secret of a variable. Services that share name and value share the secret.
   * @param identity what is compared in place of the value
   */
  of(
    variable: string,
    value: string | undefined,
    service: ComposeService,
    path: Path,
    identity = value,
  ): string {
    return this.#give(`var ${variable}`, variable, identity, `Value of ${variable}`, service.name, path);
  }

  /** The secret that was a file of Compose. */
  ofFile(source: string, service: ComposeService, path: Path): string {
    const { file, isExternal } = this.project.secrets.get(source) ?? { file: undefined, isExternal: false };
    const from = file === undefined ? (isExternal ? 'which Swarm kept' : 'of Compose') : `from ${file}`;
    return this.#give(`file ${source}`, source, source, `Secret ${source}, ${from}`, service.name, path);
  }

  /** A secret that belongs to a part of the platform. */
  shared(name: string, description: string): string {
    return this.#give(`part ${name}`, name, name, description, undefined, []);
  }

  /** For the platform file, in the order in which they were found. */
  get input(): NonNullable<PlatformInput['secrets']> {
    return Object.fromEntries(
      this.#entries.map(({ name, subject, users }) => {
        const by = users.size > 0 ? ` (${[...users].join(', ')})` : '';
        return [name, { description: `${subject}${by}`.replace(/\s+/g, ' ').slice(0, 400) }];
      }),
    );
  }

  #give(
    kind: string,
    text: string,
    value: string | undefined,
    subject: string,
    user: string | undefined,
    path: Path,
  ): string {
    const key = `${kind} ${value ?? ''}`;
    const known = this.#entries.find((entry) => entry.value === key);
    if (known) {
      if (user !== undefined) known.users.add(user);
      return known.name;
    }
    const name = this.#names.give(secretName(text));
    this.#entries.push({ name, value: key, subject, users: new Set(user === undefined ? [] : [user]) });
    if (path.length > 0) {
      this.report.toDo(
        path,
        `the secret ${name}`,
        'values of secrets never come into the file.',
        'Set it after the first deployment: docs/guides/migrating.md.',
      );
    }
    return name;
  }
}
