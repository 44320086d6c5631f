/** Orders as DoorDash Marketplace writes them, of the dishes of a menu: for its simulator. Nobody in them exists. */

type Dish = {
  readonly id: string;
  readonly name: string;
  readonly price: number;
  readonly options: readonly { readonly id: string; readonly name: string; readonly price: number }[];
};
type Chance = () => number;

export type FakeOrder = {
  readonly id: string;
  /** What the dasher shows at the counter. */
  readonly code: string;
  readonly lines: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
};

const GUESTS = ['Priya S', 'Theo M', 'Lena K', 'Omar D', 'Grace W', 'Noor A', 'Ines R', 'Caleb J'];
const WISHES = ['', '', '', 'Sauce on the side', 'Extra napkins please', 'PEANUT ALLERGY'];
const TAX = 0.08875;

export function fakeOrder(given: {
  readonly menu: readonly Dish[];
  readonly store: string;
  readonly providerType: string;
  readonly random: Chance;
  readonly now: number;
  readonly isPickup: boolean;
  /** Of a scheduled order: when it is to be fetched. */
  readonly scheduledFor: number | null;
}): FakeOrder {
  const { random, now } = given;
  const below = (most: number) => Math.floor(random() * most);
  const pick = <T>(list: readonly T[]): T | undefined => list[below(list.length)];
  const id = uuidOf(random);
  const code = String(1_000 + below(9_000));
  const items = Array.from({ length: 1 + below(3) }, (_, index) => {
    const dish = pick(given.menu);
    const options = (dish?.options ?? []).filter(() => random() < 0.35).slice(0, 3);
    return {
      name: dish?.name ?? '',
      merchant_supplied_id: dish?.id ?? '',
      price: dish?.price ?? 0,
      quantity: random() < 0.75 ? 1 : 2,
      extras:
        options.length === 0
          ? []
          : [
              {
                name: 'Choices',
                merchant_supplied_id: `${dish?.id ?? ''}-choices`,
                options: options.map((option, at) => ({
                  name: option.name,
                  merchant_supplied_id: option.id,
                  price: option.price,
                  quantity: 1,
                  extras: [],
                  line_option_id: `${id}-${index}-${at}`,
                })),
              },
            ],
      special_instructions: pick(WISHES) ?? '',
      line_item_id: `${id}-${index}`,
    };
  });
  const subtotal = items.reduce(
    (sum, { price, quantity, extras }) =>
      sum +
      quantity * (price + extras.flatMap(({ options }) => options).reduce((all, one) => all + one.price, 0)),
    0,
  );
  const [first_name = 'Ada', last_name = 'L'] = (pick(GUESTS) ?? '').split(' ');
  const body = {
    event: { type: 'OrderCreate', status: 'NEW' },
    order: {
      id,
      consumer: {
        id: 10_000 + below(90_000),
        first_name,
        last_name,
        phone: '855-555-0100',
        email: 'support@example.com',
      },
      store: { merchant_supplied_id: given.store, provider_type: given.providerType },
      subtotal,
      tax: Math.round(subtotal * TAX),
      estimated_pickup_time: new Date(given.scheduledFor ?? now + 20 * 60_000).toISOString(),
      is_pickup: given.isPickup,
      order_special_instructions: random() < 0.2 ? 'Leave with host stand' : '',
      categories: [{ name: 'Menu', merchant_supplied_id: 'menu', items }],
      is_tax_remitted_by_doordash: true,
      tax_amount_remitted_by_doordash: Math.round(subtotal * TAX),
      commission_type: 'regular',
      delivery_short_code: code,
      fulfillment_type: given.isPickup ? 'pickup' : 'dx_delivery',
      merchant_tip_amount: 0,
      experience: 'DOORDASH',
      is_plastic_ware_option_selected: random() < 0.5,
      is_scheduled: given.scheduledFor !== null,
    },
  };
  return { id, code, lines: items.map(({ line_item_id }) => line_item_id), body };
}

/** A random UUID (version 4) of the given chance. */
export function uuidOf(random: Chance): string {
  const digit = (most: number) => Math.floor(random() * most);
  const hex = (count: number) => Array.from({ length: count }, () => digit(16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${(8 + digit(4)).toString(16)}${hex(3)}-${hex(12)}`;
}
