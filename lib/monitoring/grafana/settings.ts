import type { Platform, Role } from '../../config/platform';

type Written = Exclude<Platform['monitoring']['grafana'], boolean>;

/** What the platform file says of Grafana, with `true` spelled out. */
export interface GrafanaSettings {
  readonly role: Role;
  /** Default: users sign in by IAM Identity Center. */
  readonly saml?: NonNullable<Written['saml']>;
}

/** @returns undefined if the platform has no workspace of Amazon Managed Grafana */
export function grafanaOf({ monitoring: { grafana } }: Platform): GrafanaSettings | undefined {
  if (grafana === false) return undefined;
  if (grafana === true) return { role: 'standby' };
  const { region, saml } = grafana;
  return { role: region, ...(saml ? { saml } : {}) };
}
