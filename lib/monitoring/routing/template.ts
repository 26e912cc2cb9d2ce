import type { Platform } from '../../config/platform';

/**
 * What the alert manager says to the relay: one JSON object, in the language of Go's templates.
 *
 * Alerts carry texts that nobody has checked: a query with quotes, an error over several lines. `js` of Go escapes
 * quotes, backslashes, control characters and `<>&=` so that JSON reads them back, with one exception: it writes a
 * backslash before an apostrophe, which JSON does not know. That one is taken away again.
 *
 * SNS takes 256 KB and Amazon Managed Service for Prometheus cuts what is longer, which ends in no JSON at all. So a
 * message tells of at most ten alerts that fire and ten that ended, and says how many there are.
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-receiver-validation-truncation.html
 */
export const TEMPLATES = {
  /** Body of a message of SNS. */
  message: 'holdfast.message',
  /** Its subject: SNS allows 100 ASCII characters. */
  subject: 'holdfast.subject',
  /** Title of an incident. */
  title: 'holdfast.title',
  /** Severity of an incident; PagerDuty refuses an empty one. */
  severity: 'holdfast.severity',
} as const;

/** Of the alerts that fire, and again of those that ended. */
export const ALERTS_MAX = 10;
/** Characters. Values are cut, so that no text of an alert can make a message too long. */
export const LABEL_MAX = 200;
export const ANNOTATION_MAX = 1000;

/** Calls a template with everything that the alert manager knows of a group. */
export const call = (template: keyof typeof TEMPLATES): string => `{{ template "${TEMPLATES[template]}" . }}`;

const TIME = '2006-01-02T15:04:05Z';

/** @returns the definitions of all templates */
export function templatesOf(platform: Platform, region: string): string {
  return [
    define('holdfast.text', "{{ js . | reReplaceAll `\\\\'` `'` }}"),
    pairs('holdfast.labels', LABEL_MAX),
    pairs('holdfast.annotations', ANNOTATION_MAX),
    define('holdfast.alert', ALERT),
    define(TEMPLATES.message, message(platform, region)),
    define(
      TEMPLATES.subject,
      `${platform.name} ${region}: {{ .Status }} {{ printf "%.30s" .CommonLabels.alertname }}`,
    ),
    define(
      TEMPLATES.title,
      '{{ .CommonLabels.alertname }} in {{ .CommonLabels.region }}: ' +
        '{{ with .Alerts.Firing }}{{ (index . 0).Annotations.summary }}{{ else }}resolved{{ end }}',
    ),
    define(
      TEMPLATES.severity,
      '{{ if match "^(critical|warning|info)$" .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}critical{{ end }}',
    ),
  ].join('\n');
}

const define = (name: string, body: string): string => `{{ define "${name}" }}${body}{{ end }}`;

/** Pairs of a name and a value as the inside of a JSON object. */
const pairs = (name: string, longest: number): string =>
  define(
    name,
    '{{ range $i, $pair := .SortedPairs }}{{ if $i }},{{ end }}"{{ $pair.Name }}":' +
      `"{{ template "holdfast.text" (printf "%.${longest}s" $pair.Value) }}"{{ end }}`,
  );

const ALERT = [
  '{"status":"{{ .Status }}"',
  '"labels":{ {{- template "holdfast.labels" .Labels -}} }',
  '"annotations":{ {{- template "holdfast.annotations" .Annotations -}} }',
  `"startsAt":"{{ .StartsAt.UTC.Format "${TIME}" }}"`,
  `{{ if eq .Status "resolved" }}"endsAt":"{{ .EndsAt.UTC.Format "${TIME}" }}",{{ end }}"fingerprint":"{{ .Fingerprint }}"`,
  `"generatorURL":"{{ template "holdfast.text" (printf "%.${ANNOTATION_MAX}s" .GeneratorURL) }}"}`,
].join(',');

const message = (platform: Platform, region: string): string =>
  [
    '{"version":1',
    '"source":"amp"',
    `"platform":${JSON.stringify(platform.name)}`,
    `"region":${JSON.stringify(region)}`,
    '"receiver":"{{ template "holdfast.text" .Receiver }}"',
    '"status":"{{ .Status }}"',
    '"firing":{{ len .Alerts.Firing }}',
    '"resolved":{{ len .Alerts.Resolved }}',
    '"groupLabels":{ {{- template "holdfast.labels" .GroupLabels -}} }',
    '"externalURL":"{{ template "holdfast.text" .ExternalURL }}"',
    `"alerts":[${ALERTS}]}`,
  ].join(',');

const some = (list: string, comma: string): string =>
  `{{ range $i, $alert := ${list} }}{{ if lt $i ${ALERTS_MAX} }}{{ if ${comma} }},{{ end }}` +
  '{{ template "holdfast.alert" $alert }}{{ end }}{{ end }}';

/** Those that fire first; a comma before each but the very first. */
const ALERTS = some('.Alerts.Firing', '$i') + some('.Alerts.Resolved', 'or $i (len $.Alerts.Firing)');
