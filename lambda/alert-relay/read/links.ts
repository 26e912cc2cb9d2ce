import { GRAFANA_ALERT_MANAGER } from '../contract';

/** Labels that name an alert among all others: what a silence is made for. */
const MATCHED = ['alertname', 'platform', 'region', 'service', 'severity'];

/** The console opens an alarm by its name in the part behind `#`, which its own code decodes. */
export function alarmInConsole(region: string, name: string): string {
  const home = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return `${home}#alarmsV2:alarm/${encodeURIComponent(name)}`;
}

/** @param panel `<dashboard>/<slug>` of the catalogue */
export function panelInGrafana(grafana: string, panel: string, region: string | undefined): string {
  const [dashboard = '', slug] = panel.split('/');
  const query = new URLSearchParams();
  if (region !== undefined) query.set('var-region', region);
  if (slug) query.set('viewPanel', slug);
  return `${grafana}/d/holdfast-${encodeURIComponent(dashboard)}?${query.toString()}`;
}

/** The page of Grafana on which a silence is made, with the alert filled in. */
export function silenceInGrafana(grafana: string, labels: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({ alertmanager: GRAFANA_ALERT_MANAGER });
  for (const name of MATCHED) {
    const value = labels[name];
    if (value !== undefined) query.append('matcher', `${name}=${value}`);
  }
  return `${grafana}/alerting/silence/new?${query.toString()}`;
}
