/**
 * An order of any platform in one shape: what every adapter makes of what it was sent. Money in minor units, times as the
 * platform wrote them (RFC 3339). What a platform does not say is null.
 */
export type CanonicalOrder = {
  /** `uber_eats`, `doordash`; behind a hub also whose order it was: `deliverect:7`. */
  readonly source: string;
  /** The platform's id: one order a source. */
  readonly externalId: string;
  /** What courier and kitchen shout; not unique. */
  readonly displayId: string | null;
  readonly storeRef: string | null;
  readonly type: 'delivery' | 'pickup' | 'dine_in' | 'curbside';
  readonly fulfilment: 'platform_courier' | 'own_courier' | 'customer' | 'table' | 'unknown';
  /** Verbatim, for support. */
  readonly platformState: string | null;
  readonly customer: {
    readonly name: string | null;
    /** Nearly always a relay with a code of its own. */
    readonly phone: string | null;
    readonly phoneCode: string | null;
  };
  readonly items: readonly CanonicalItem[];
  /** Where a courier of the house's own brings it. */
  readonly dropoff?: { readonly address: string; readonly instructions: string | null } | null;
  readonly notes: string | null;
  readonly cutlery: boolean | null;
  readonly scheduledFor: string | null;
  readonly placedAt: string;
  /** When the platform wants the food. */
  readonly readyBy: string | null;
  /** What we promised. */
  readonly estimatedReadyFor: string | null;
  readonly total: { readonly amount: number; readonly currency: string } | null;
  readonly courier: CanonicalCourier | null;
};

export type CanonicalItem = {
  readonly externalId: string | null;
  /** The platform's name of this line of this order, where it speaks of single lines later. */
  readonly lineId?: string | null;
  readonly name: string;
  readonly qty: number;
  /** One piece, without its modifiers. */
  readonly price: number;
  readonly modifiers: readonly CanonicalModifier[];
  readonly specialInstructions: string | null;
  readonly allergy: { readonly allergens: readonly string[]; readonly note: string | null } | null;
  readonly forPerson?: string | null;
};

export type CanonicalModifier = {
  readonly action: 'add' | 'remove';
  readonly name: string;
  /** For one piece of the item. */
  readonly qty: number;
  readonly price: number | null;
  /** 0 on the item, 1 on a modifier of it. */
  readonly depth: number;
  readonly externalId: string | null;
  /** The platform's own words, where the removal was only guessed from them. */
  readonly said?: string;
};

export type CanonicalCourier = {
  readonly name: string | null;
  readonly phone: string | null;
  readonly status: string | null;
  readonly location: { readonly lat: number; readonly lng: number } | null;
  readonly vehicle: string | null;
};
