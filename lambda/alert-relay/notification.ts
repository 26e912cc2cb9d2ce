/** What a person is told, whoever has told it to the relay. */

export type Severity = 'critical' | 'warning' | 'info';
export type Status = 'firing' | 'resolved';

/** What is affected. */
export interface Place {
  readonly platform: string;
  /** Name of a region; undefined if the source does not say. */
  readonly region: string | undefined;
  readonly service: string | undefined;
}

export interface Links {
  /** Panel or graph that shows it. */
  readonly graph?: string;
  /** Article of the runbook: a URL, or its place in the repository. */
  readonly runbook?: string;
  /** Where a silence is made, with its matchers filled in. */
  readonly silence?: string;
  /** The alarm in AWS's console. */
  readonly console?: string;
}

/** One of several things that a notification tells at once. */
export interface Detail {
  readonly status: Status;
  readonly sentence: string;
  readonly where: Place;
  readonly since: string | undefined;
}

export interface Notification {
  readonly source: 'prometheus' | 'cloudwatch' | 'page' | 'text';
  readonly status: Status;
  readonly severity: Severity;
  /** A few words: the name of the alert or alarm, or the subject of a page. */
  readonly title: string;
  /** What is wrong, in one sentence. */
  readonly what: string;
  readonly where: Place;
  /** When what is told began, ISO 8601 in UTC; undefined if the source does not say. */
  readonly since: string | undefined;
  /** What it means and what to do first; may have several lines, may be empty. */
  readonly description: string;
  readonly links: Links;
  /** A command that keeps it quiet, where there is no link for that. */
  readonly quiet?: string;
  /** The same for everything about one and the same trouble, in whichever region it is relayed: at most 255 characters. */
  readonly dedupKey: string;
  /** The single alerts of a group of several; empty if there is one only. */
  readonly details: readonly Detail[];
  /** Alerts of the group that are not among the details. */
  readonly more: number;
  /** Who is told. */
  readonly receiver: string;
  /** What is unusual about the delivery itself. */
  readonly note?: string;
}

/** PagerDuty takes no longer key. https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
export const DEDUP_KEY_MAX = 255;
