/** @returns the identifier as SQL */
export const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** @returns the text as SQL, under `standard_conforming_strings`, which is on unless somebody turned it off */
export const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;
