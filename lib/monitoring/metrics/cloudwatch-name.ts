const SEPARATORS = /[ ,\t/\\.:=@<>()“-]/g;

/**
 * The exporter's snake case: a capital after a small letter or a digit begins a word; capitals in a row are one word,
 * so that `CPUUtilization` becomes `cpuutilization`.
 */
export function snakeCase(text: string): string {
  return text
    .replaceAll(/([\p{Ll}\p{Nd}])(\p{Lu})/gu, '$1_$2')
    .replaceAll(SEPARATORS, '_')
    .replaceAll('%', '_percent')
    .toLowerCase();
}

/**
 * Name under which the exporter of CloudWatch (yet-another-cloudwatch-exporter, `promutil.BuildMetricName`) serves a metric.
 * @param namespace for example `AWS/ApplicationELB`
 * @param metric for example `HTTPCode_Target_5XX_Count`
 * @param statistic for example `Sum`
 * @returns for example `aws_applicationelb_httpcode_target_5_xx_count_sum`
 */
export function cloudWatchName(namespace: string, metric: string, statistic: string): string {
  const prefix = snakeCase(namespace.toLowerCase().replace(/^\//, ''));
  const name = snakeCase(metric);
  // It leaves out what the metric repeats of its namespace, counting from where the last such word ended.
  const skip = prefix
    .split('_')
    .reduce((from, word) => (name.startsWith(word, from) ? word.length : from), 0);
  const rest = name.slice(skip).replace(/^_/, '');
  return `${prefix.startsWith('aws') ? '' : 'aws_'}${prefix}_${rest}_${snakeCase(statistic)}`;
}

/** Label that the exporter makes of a dimension, for example `dimension_dbinstance_identifier`. */
export const dimensionLabel = (dimension: string): string => `dimension_${snakeCase(dimension)}`;
