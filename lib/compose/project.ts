import type { Path } from '../config/problem';
import type { Mapping } from './json';

/** A variable of a container. */
export interface Variable {
  /** Undefined: named without a value, and nothing is passed on. */
  readonly value: string | undefined;
  /** Where it is written: in the Compose file, or the `env_file` that holds it. */
  readonly path: Path;
}

/** A port of a container. */
export interface ContainerPort {
  readonly target: number;
  readonly protocol: string;
  /** Published to everybody, and not only within the project or to the machine itself. */
  readonly isPublic: boolean;
}

/** Something mounted into a container. */
export interface Mount {
  readonly type: string;
  /** Name of a volume, or a path; undefined for an unnamed volume. */
  readonly source: string | undefined;
  readonly target: string;
}

/** A secret or a configuration file that a container gets. */
export interface FileUse {
  readonly source: string;
  /** Where it is in the container, if it is said. */
  readonly target: string | undefined;
}

export interface Healthcheck {
  /** Empty: checks are switched off, or the image has its own. */
  readonly test: readonly string[];
  readonly isDisabled: boolean;
  readonly intervalSeconds: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly retries: number | undefined;
  readonly startSeconds: number | undefined;
}

/** One service of a Compose project. */
export interface ComposeService {
  readonly name: string;
  readonly path: Path;
  readonly image: string | undefined;
  /** Folder that the image is built from, and what tells two builds apart. */
  readonly build: { readonly context: string; readonly key: string } | undefined;
  readonly command: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly environment: ReadonlyMap<string, Variable>;
  readonly ports: readonly ContainerPort[];
  readonly mounts: readonly Mount[];
  readonly tmpfs: readonly string[];
  /** Condition by name of the other service. */
  readonly dependsOn: ReadonlyMap<string, string>;
  readonly healthcheck: Healthcheck | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly secrets: readonly FileUse[];
  readonly configs: readonly FileUse[];
  readonly replicas: number | undefined;
  readonly cpu: number | undefined;
  readonly memoryMib: number | undefined;
  /** `no`, `always`, `on-failure`, `unless-stopped`, or Swarm's `none`, `any`; undefined if it is not said. */
  readonly restart: string | undefined;
  readonly stopSeconds: number | undefined;
  readonly user: string | undefined;
  readonly isReadOnly: boolean;
  /** Everything as written, in the long syntax. */
  readonly raw: Mapping;
}

/** A secret or a configuration file of the top level. */
export interface ComposeFile {
  readonly file: string | undefined;
  readonly environment: string | undefined;
  readonly isExternal: boolean;
}

/** A Compose project, with everything filled in. */
export interface Project {
  readonly name: string | undefined;
  /** In the order of the files; without those whose profile was not asked for. */
  readonly services: ReadonlyMap<string, ComposeService>;
  readonly secrets: ReadonlyMap<string, ComposeFile>;
  readonly configs: ReadonlyMap<string, ComposeFile>;
  readonly networks: readonly string[];
}
