export const RESOURCE_TYPE = 'Custom::HoldfastGrafana';

/** What a workspace shall show. CloudFormation turns every value into a string. */
export interface Properties {
  readonly WorkspaceId: string;
  /** Host name of the workspace. */
  readonly Endpoint: string;
  readonly FolderUid: string;
  readonly FolderTitle: string;
  /** Where the dashboards are: a file `Dashboards` in S3, whose key changes with its content. */
  readonly Bucket: string;
  readonly Key: string;
  /** `<role>=<region>` of each region whose metrics are shown; the first is the one that a dashboard opens with. */
  readonly Sources: readonly string[];
  /** Parameter of Systems Manager that names, in each of those regions, the address of its metrics. */
  readonly AddressParameter: string;
  /** Parameter, beside the function, that says what has been applied. */
  readonly AppliedParameter: string;
  /** Changes with the code of the function: another way of applying is applied too. */
  readonly Revision: string;
}

/** The file in S3. */
export interface Dashboards {
  /** As Grafana exports and imports them, each with its own `uid`. */
  readonly dashboards: readonly DashboardJson[];
}
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly [key: string]: unknown;
}

/** Tag of every dashboard that Holdfast makes; without it a dashboard belongs to somebody else and is left alone. */
export const TAG = 'holdfast';

/** Identity of the data source of a region. */
export const sourceUid = (folderUid: string, role: string): string => `${folderUid}-${role}`;

/** Constant input of the schedule that applies what could not be applied when the stack was deployed. */
export interface ApplyAgain {
  readonly kind: 'apply-again';
  readonly properties: Properties;
}
