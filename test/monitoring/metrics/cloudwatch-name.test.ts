import { describe, expect, it } from '@jest/globals';
import { cloudWatchName, dimensionLabel } from '../../../lib/monitoring/metrics/cloudwatch-name';

describe('the name of a CloudWatch metric', () => {
  it.each([
    ['AWS/ApplicationELB', 'RequestCount', 'Sum', 'aws_applicationelb_request_count_sum'],
    [
      'AWS/ApplicationELB',
      'HTTPCode_Target_5XX_Count',
      'Sum',
      'aws_applicationelb_httpcode_target_5_xx_count_sum',
    ],
    [
      'AWS/ApplicationELB',
      'UnHealthyHostCount',
      'Maximum',
      'aws_applicationelb_un_healthy_host_count_maximum',
    ],
    ['AWS/ApplicationELB', 'TargetResponseTime', 'p95', 'aws_applicationelb_target_response_time_p95'],
    ['AWS/RDS', 'CPUUtilization', 'Average', 'aws_rds_cpuutilization_average'],
    ['AWS/AmazonMQ', 'RabbitMQMemUsed', 'Maximum', 'aws_amazonmq_rabbit_mqmem_used_maximum'],
    ['CloudWatchSynthetics', 'SuccessPercent', 'Average', 'aws_cloudwatchsynthetics_success_percent_average'],
    [
      'ECS/ContainerInsights',
      'RunningTaskCount',
      'Minimum',
      'aws_ecs_containerinsights_running_task_count_minimum',
    ],
    ['Holdfast', 'LeaseAgeSeconds', 'Maximum', 'aws_holdfast_lease_age_seconds_maximum'],
  ])('%s %s %s is the one of the exporter', (namespace, metric, statistic, name) => {
    expect(cloudWatchName(namespace, metric, statistic)).toBe(name);
  });

  // Two cases of the exporter's own tests.
  it('leaves out what the metric repeats of its namespace', () => {
    expect(cloudWatchName('Glue', 'glue.driver.aggregate.bytesRead', 'Sum')).toBe(
      'aws_glue_driver_aggregate_bytes_read_sum',
    );
    expect(cloudWatchName('/aws/sagemaker/TrainingJobs', 'CPUUtilization', 'Average')).toBe(
      'aws_sagemaker_trainingjobs_cpuutilization_average',
    );
  });

  it('of a dimension is the label that the exporter makes of it', () => {
    expect(dimensionLabel('DBInstanceIdentifier')).toBe('dimension_dbinstance_identifier');
    expect(dimensionLabel('TargetGroup')).toBe('dimension_target_group');
  });
});
