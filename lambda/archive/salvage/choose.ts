import type { Listed } from './list';

/** Why chosen transactions cannot be applied, in sentences; none if they can. */
export function objections(listed: readonly Listed[], chosen: ReadonlySet<string>): readonly string[] {
  const open = new Set(listed.filter(({ applied }) => !applied).map(({ transaction }) => transaction.endLsn));
  const unknown = [...chosen].filter(
    (endLsn) => !listed.some(({ transaction }) => transaction.endLsn === endLsn),
  );
  return [
    ...unknown.map((endLsn) => `No lost transaction ends at ${endLsn}.`),
    ...listed
      .filter(({ transaction }) => chosen.has(transaction.endLsn))
      .flatMap((one) => objectionsTo(one, chosen, open)),
  ];
}

function objectionsTo(
  { transaction: { xid }, presence, applied, checked }: Listed,
  chosen: ReadonlySet<string>,
  open: ReadonlySet<string>,
): readonly string[] {
  if (applied) return [`Transaction ${xid} was applied already.`];
  if (presence === 'unknown')
    return [`Nobody can say whether transaction ${xid} is in the database: it is too old.`];
  const missing = checked.needs.filter((need) => open.has(need) && !chosen.has(need));
  return [
    ...checked.conflicts.map((conflict) => `Transaction ${xid}: ${conflict}`),
    ...missing.map(
      (need) => `Transaction ${xid} changes what the one that ends at ${need} made; choose that too.`,
    ),
  ];
}
