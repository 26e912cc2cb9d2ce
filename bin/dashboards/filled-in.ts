/**
 * Puts values in the place of Grafana's variables, as it does before it asks.
 * @param choice pattern of all regions and services
 */
export const filledIn = (expression: string, choice = '.*'): string =>
  expression.replaceAll(/\$(region|service)\b/g, choice).replaceAll('$__rate_interval', '5m');
