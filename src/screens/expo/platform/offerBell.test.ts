import { describe, expect, it } from 'vitest';
import { silent, strike } from '../../ui/sound.ts';
import { type Causes, settleOffers } from './offerBell.ts';

const offered = (offers: string[], touched: string[] = []): Causes => ({
  offers,
  touched: new Set(touched),
  stops: [],
});

describe('what the pass hears of platforms', () => {
  it('[PL36] an offer sounds like a new ticket, again every 20 s until somebody touches it or it is answered', () => {
    const first = strike(settleOffers(silent, offered(['a']), 0), 0);
    expect(first.sound).toEqual({ name: 'new', louder: false });
    const quiet = strike(settleOffers(first.bell, offered(['a']), 19_000), 19_000);
    expect(quiet.sound).toBeNull();
    const again = strike(settleOffers(quiet.bell, offered(['a']), 20_000), 20_000);
    expect(again.sound?.name).toBe('new');
    // Another comes meanwhile: it is heard at once.
    const both = strike(settleOffers(again.bell, offered(['a', 'b']), 25_000), 25_000);
    expect(both.sound?.name).toBe('new');
    expect(settleOffers(both.bell, offered(['a', 'b'], ['a', 'b']), 60_000).rings).toEqual([]);
    expect(settleOffers(both.bell, offered([]), 60_000).rings).toEqual([]);
  });

  it('[PL36] what must stop sounds like a void, louder after 30 s, until it was tapped away', () => {
    const stopping: Causes = { ...offered([]), stops: ['a'] };
    const first = strike(settleOffers(silent, stopping, 0), 0);
    expect(first.sound).toEqual({ name: 'change', louder: false });
    const later = strike(settleOffers(first.bell, stopping, 40_000), 40_000);
    expect(later.sound).toEqual({ name: 'change', louder: true });
    expect(settleOffers(later.bell, offered([]), 41_000).rings).toEqual([]);
    // Answered and then taken back: the offer's sound is over, this one begins.
    const offer = strike(settleOffers(silent, offered(['a']), 0), 0);
    expect(settleOffers(offer.bell, stopping, 2_000).rings.map(({ name }) => name)).toEqual(['change']);
  });
});
