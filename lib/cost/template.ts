/** A stack as it is synthesized. */
export interface BuiltStack {
  readonly region: string;
  readonly resources: Readonly<Record<string, BuiltResource>>;
}

export interface BuiltResource {
  readonly Type: string;
  readonly Properties?: unknown;
}

/** @returns a property of a resource, or undefined */
export const property = ({ Properties }: BuiltResource, name: string): unknown => entry(Properties, name);

/** @returns the value if it is a list, otherwise an empty one */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** @returns what a mapping has under a name, or undefined */
export const entry = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
