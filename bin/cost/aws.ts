import { PricingClient, paginateGetProducts } from '@aws-sdk/client-pricing';
import type { PriceList } from '../../lib/cost/online/price-list';
import { all, caller, clients, once } from '../checks/aws/call';

/** The price list answers in few regions; it tells of all of them. */
const REGION = 'us-east-1';
const CALL_MS = 15_000;
const call = caller<'pricing:GetProducts'>(CALL_MS);

interface Asked {
  readonly service: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The price list of AWS; the same question is asked once. */
export function awsPriceList(): PriceList {
  const pricing = clients()((config) => new PricingClient(config))(REGION);
  const asked = once((key) => {
    const { service: ServiceCode, attributes }: Asked = JSON.parse(key);
    const Filters = Object.entries(attributes).map(([Field, Value]) => ({
      Type: 'TERM_MATCH' as const,
      Field,
      Value,
    }));
    return call('pricing:GetProducts', REGION, (options) =>
      all(
        paginateGetProducts({ client: pricing }, { ServiceCode, Filters }, options),
        ({ PriceList = [] }): readonly string[] =>
          Array.from(PriceList, (product: unknown) => String(product)),
      ),
    );
  });
  return { products: (service, attributes) => asked(JSON.stringify({ service, attributes })) };
}
