/** The price list of AWS, as far as an estimate asks it. */
export interface PriceList {
  /**
   * @param service code of the service, for example AmazonRDS
   * @param attributes exact values that the products have
   * @returns the products, each as the JSON text that AWS gives
   */
  products(service: string, attributes: Readonly<Record<string, string>>): Promise<readonly string[]>;
}
