import { type LiveWord, type LiveWordsOptions, createLiveWords } from './liveWords.ts';
import { type Presence, type PresenceOptions, createPresence } from './presence.ts';

/** Everything that only lives: who looks, and what is said in passing. A reader that comes is told both. */
export type Live = Presence & { say(location: string, topic: string, word: Omit<LiveWord, 'topics'>): void };

export type LiveOptions = PresenceOptions &
  Pick<LiveWordsOptions, 'report'> & { readonly rooms?: LiveWordsOptions['rooms'] };

export function createLive(options: LiveOptions): Live {
  const presence = createPresence(options);
  const words = createLiveWords(options);
  return {
    ...presence,
    say: (location, topic, word) => words.say(location, { ...word, topics: [topic] }),
    standing: (location, topic) => [
      ...presence.standing(location, topic),
      ...words.standing(location, topic),
    ],
    forget(location) {
      presence.forget(location);
      words.forget(location);
    },
    stop() {
      presence.stop();
      words.stop();
    },
  };
}
