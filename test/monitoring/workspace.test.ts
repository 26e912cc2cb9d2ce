import { describe, expect, it } from '@jest/globals';
import { MetricsWorkspace } from '../../lib/monitoring/workspace';
import { platform } from '../support/synth';
import { bareStack } from './support';

const TARGET = platform('jackcwf');

function build(alertManagerDefinition?: string) {
  const { stack, key, template } = bareStack(TARGET, 'home');
  const workspace = new MetricsWorkspace(stack, 'Metrics', {
    platform: TARGET,
    key,
    logKey: key,
    ...(alertManagerDefinition === undefined ? {} : { alertManagerDefinition }),
  });
  const [[id, resource] = []] = Object.entries(template().findResources('AWS::APS::Workspace'));
  return { stack, workspace, id, resource, template };
}

describe('the workspace of a region', () => {
  it('keeps metrics as long as the file says, encrypted with the key of the platform', () => {
    const { resource } = build();
    expect(resource?.Properties).toMatchObject({
      Alias: 'jackcwf',
      KmsKeyArn: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
      WorkspaceConfiguration: { RetentionPeriodInDays: 15 },
    });
  });

  it('stays when the template changes: what it holds cannot be made again', () => {
    const { id, resource } = build();
    expect(id).toBe('MetricsWorkspace');
    expect(resource?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(resource?.UpdateReplacePolicy).toBe('Retain');
  });

  it('tells into an encrypted log of the platform what its rules and its alert manager could not do', () => {
    const { resource, template } = build();
    const [[logs, group] = []] = Object.entries(template().findResources('AWS::Logs::LogGroup'));
    expect(resource?.Properties.LoggingConfiguration).toEqual({
      LogGroupArn: { 'Fn::GetAtt': [logs, 'Arn'] },
    });
    expect(group?.Properties).toMatchObject({
      LogGroupName: '/aws/vendedlogs/holdfast/jackcwf/prometheus',
      RetentionInDays: 30,
      KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
    });
  });

  it('has the alert manager that it is given, and else none', () => {
    expect(build('alertmanager_config: |').resource?.Properties.AlertManagerDefinition).toBe(
      'alertmanager_config: |',
    );
    expect(build().resource?.Properties).not.toHaveProperty('AlertManagerDefinition');
  });

  it('takes samples at the address that AWS gives it', () => {
    const { stack, workspace } = build();
    expect(stack.resolve(workspace.remoteWriteUrl)).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': ['MetricsWorkspace', 'PrometheusEndpoint'] }, 'api/v1/remote_write']],
    });
  });
});
