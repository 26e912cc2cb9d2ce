/** What is where in one region: enough to find it, or to build it again. Never a value of a secret. */
export interface RegionManifest {
  readonly secrets: readonly SecretEntry[];
  readonly stacks: readonly StackEntry[];
  readonly images: readonly ImageEntry[];
  readonly parameterGroups: readonly ParameterGroupEntry[];
}

export interface SecretEntry {
  readonly name: string;
  readonly arn: string;
  /** Version that readers get; null if nobody has set it yet. */
  readonly currentVersion: string | null;
  /** Version id -> its stages. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** Key that encrypts it; null for the one that AWS manages. */
  readonly key: string | null;
  /** Region that it is copied from; null if it is no part of a replication. */
  readonly primaryRegion: string | null;
}

export interface StackEntry {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  /** Of the template as it was deployed, in hexadecimal. */
  readonly templateSha256: string;
}

/** A container that runs. */
export interface ImageEntry {
  /** `service:<name>`. */
  readonly group: string;
  readonly taskDefinition: string;
  readonly container: string;
  readonly image: string;
  /** Null while it is being pulled. */
  readonly digest: string | null;
}

export interface ParameterGroupEntry {
  readonly kind: 'database' | 'cache';
  readonly name: string;
  /** What the platform sets itself. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** One object of `MANIFESTS`. */
export interface Manifest {
  readonly format: 'holdfast-manifest-1';
  readonly platform: string;
  readonly schedule: string;
  /** ISO 8601. */
  readonly due: string;
  readonly writtenAt: string;
  readonly leads: string;
  readonly epoch: number;
  /** Name of a region -> what is there; what is not known is absent and said in `missing`. */
  readonly regions: Readonly<Record<string, Partial<RegionManifest>>>;
  /** Why a part is absent, one sentence each. */
  readonly missing: readonly string[];
}

/**
 * Whether both regions have the same version of each secret.
 * @param regional secrets that each region has for itself
 * @returns one sentence for each that is not replicated
 */
export function notReplicated(
  here: readonly SecretEntry[],
  there: readonly SecretEntry[],
  regional: readonly string[],
  other: string,
): readonly string[] {
  return here.flatMap(({ name, currentVersion }) => {
    if (regional.includes(name)) return [];
    const twin = there.find((one) => one.name === name);
    if (!twin) return [`The secret ${name} is not in ${other}.`];
    return twin.currentVersion === currentVersion
      ? []
      : [`The secret ${name} has another version in ${other}.`];
  });
}
