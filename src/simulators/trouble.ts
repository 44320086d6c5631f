/**
 * What goes wrong between a provider and the house, as shares of one: `0.2` is one in five. The same for every provider,
 * and drawn from the seed, so that a bad evening can be had again.
 */
export type Trouble = {
  /** Of deliveries: told twice, the second time within moments. */
  readonly doubled: number;
  /** Told only after a later one. */
  readonly reordered: number;
  /** Told some seconds after the provider went on. */
  readonly late: number;
  /** Preceded by the same with a wrong signature, from somebody who guesses. */
  readonly forged: number;
  /** Of calls to the provider's API: answered with 429 and the time to come again. */
  readonly tooMany: number;
  /** Answered with 500 or 503. */
  readonly broken: number;
  /** Never answered; half of them were carried out all the same. */
  readonly hung: number;
  /** The connection breaks; half of them were carried out all the same. */
  readonly dropped: number;
  /** The token that the call carries is good no more, for this call and all after it. */
  readonly expired: number;
};

export const NO_TROUBLE: Trouble = {
  doubled: 0,
  reordered: 0,
  late: 0,
  forged: 0,
  tooMany: 0,
  broken: 0,
  hung: 0,
  dropped: 0,
  expired: 0,
};

/** Of each fault of the API a share, so that about `share` of all calls meet one. */
export function apiTrouble(
  share: number,
): Pick<Trouble, 'tooMany' | 'broken' | 'hung' | 'dropped' | 'expired'> {
  return {
    tooMany: share * 0.3,
    broken: share * 0.3,
    hung: share * 0.1,
    dropped: share * 0.2,
    expired: share * 0.1,
  };
}
