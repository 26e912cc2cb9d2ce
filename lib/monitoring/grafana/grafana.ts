import { Duration, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnWorkspace } from 'aws-cdk-lib/aws-grafana';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type ApplyAgain, type Properties, RESOURCE_TYPE } from '../../../lambda/grafana-setup/contract';
import {
  grafanaAppliedParameter,
  metricsAddressParameter,
  otherRole,
  parameterArn,
} from '../../config/names';
import type { Platform } from '../../config/platform';
import { HoldfastFunction } from '../../functions/holdfast-function';
import { folderUid } from '../dashboards/identity';
import { type AssetFile, dashboardsAsset } from './dashboards-asset';
import { workspaceRole } from './grafana-role';
import type { GrafanaSettings } from './settings';

/** The oldest format that the dashboards are written for; AWS updates a workspace only when it is asked to. */
const GRAFANA_VERSION = '10.4';
const APPLY_AGAIN_MINUTES = 15;

export interface GrafanaProps {
  readonly platform: Platform;
  readonly settings: GrafanaSettings;
  readonly logKey: IKey;
}

/**
 * A workspace of Amazon Managed Grafana that shows the metrics of both regions. Nobody sees anything without signing in: the
 * service has no anonymous access. A function fills it, and goes on trying where Grafana does not answer at once.
 */
export class Grafana extends Construct {
  /** Host name of the workspace. */
  readonly endpoint: string;
  /** Its errors say that the dashboards are not those of the platform. */
  readonly functionName: string;

  constructor(scope: Construct, id: string, props: GrafanaProps) {
    super(scope, id);
    const { platform, settings, logKey } = props;
    const region = platform.regions[settings.role].name;
    const workspace = new CfnWorkspace(this, 'Workspace', {
      name: platform.name,
      description: `${platform.name}: dashboards of both regions`,
      accountAccessType: 'CURRENT_ACCOUNT',
      permissionType: 'CUSTOMER_MANAGED',
      roleArn: workspaceRole(this, 'Role', platform, region).roleArn,
      dataSources: ['PROMETHEUS'],
      grafanaVersion: GRAFANA_VERSION,
      // The function installs Amazon's data source; nobody else is an administrator but who you say.
      pluginAdminEnabled: true,
      ...signIn(settings),
    });
    this.endpoint = workspace.attrEndpoint;

    const setup = new HoldfastFunction(this, 'Setup', {
      platform,
      name: 'grafana-setup',
      description: 'Puts folder, data sources and dashboards into Grafana',
      timeout: Duration.minutes(5),
      logKey,
    });
    this.functionName = setup.name;
    const file = dashboardsAsset(this, platform);
    grant(setup, { platform, region, workspaceId: workspace.attrId, file });
    const properties: Properties = {
      WorkspaceId: workspace.attrId,
      Endpoint: workspace.attrEndpoint,
      FolderUid: folderUid(platform),
      FolderTitle: platform.name,
      Bucket: file.bucket,
      Key: file.key,
      // The region that Grafana is in comes first: it answers when the other one does not.
      Sources: [settings.role, otherRole(settings.role)].map(
        (role) => `${role}=${platform.regions[role].name}`,
      ),
      AddressParameter: metricsAddressParameter(platform),
      AppliedParameter: grafanaAppliedParameter(platform),
      Revision: setup.codeHash,
    };
    setup.customResource(this, 'Dashboards', RESOURCE_TYPE, properties);
    this.applyAgain(platform, setup, properties);
  }

  private applyAgain(platform: Platform, setup: HoldfastFunction, properties: Properties): void {
    const input: ApplyAgain = { kind: 'apply-again', properties };
    const rule = new CfnRule(this, 'ApplyAgain', {
      name: `${platform.name}-grafana`,
      description: 'Applies what Grafana did not take when it was deployed; otherwise it does nothing',
      scheduleExpression: `rate(${APPLY_AGAIN_MINUTES} minutes)`,
      targets: [{ id: 'setup', arn: setup.arn, input: Stack.of(this).toJsonString(input) }],
    });
    new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: setup.arn,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
    });
  }
}

/** By IAM Identity Center, unless the file says how by SAML. Who is not named an editor or administrator only looks. */
function signIn({ saml }: GrafanaSettings): SignIn {
  if (!saml) return { authenticationProviders: ['AWS_SSO'] };
  return {
    authenticationProviders: ['SAML'],
    samlConfiguration: {
      idpMetadata: { url: saml.metadataUrl },
      assertionAttributes: { role: saml.roleAttribute },
      roleValues: { admin: [...saml.adminRoles], editor: [...saml.editorRoles] },
    },
  };
}

interface SignIn {
  readonly authenticationProviders: string[];
  readonly samlConfiguration?: CfnWorkspace.SamlConfigurationProperty;
}

function grant(
  setup: HoldfastFunction,
  {
    platform,
    region,
    workspaceId,
    file,
  }: {
    readonly platform: Platform;
    readonly region: string;
    readonly workspaceId: string;
    readonly file: AssetFile;
  },
): void {
  const { account, regions } = platform;
  setup.allow(
    [
      'grafana:CreateWorkspaceServiceAccount',
      'grafana:CreateWorkspaceServiceAccountToken',
      'grafana:DeleteWorkspaceServiceAccountToken',
      'grafana:ListWorkspaceServiceAccounts',
    ],
    [`arn:aws:grafana:${region}:${account}:/workspaces/${workspaceId}`],
  );
  setup.allow(['s3:GetObject'], [`arn:aws:s3:::${file.bucket}/${file.key}`]);
  setup.allow(
    ['ssm:GetParameter'],
    [regions.home.name, regions.standby.name].map((where) =>
      parameterArn(platform, where, metricsAddressParameter(platform)),
    ),
  );
  setup.allow(
    ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'],
    [parameterArn(platform, region, grafanaAppliedParameter(platform))],
  );
}
