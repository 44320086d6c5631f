import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import type { CallView } from '../../../domain/call/entities.ts';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { MutedIcon } from '../../ui/icons.tsx';
import { createPlayer, type Player } from '../../ui/player.ts';
import { hush, ring, silent, strike, type Bell } from '../../ui/sound.ts';
import { useAudioState, useVolume } from '../../ui/soundGate.tsx';
import { useStand } from '../desk.tsx';
import { isSounding, knownOf, newsOf, type CallNews, type CallSound, type Known } from './board.ts';
import { callerText } from './names.tsx';

/** Tells the stand of a call: by a chime, where it cannot be heard by the edge, and in words for who does not see. */

const TICK_MS = 500;
const ANNOUNCED_MS = 8_000;

/** The page's speaker: it plays once somebody has tapped the page, as browsers want it. */
function usePlayer(): Player {
  const [player] = useState(createPlayer);
  useEffect(() => {
    const begin = (): void => {
      void player.start().then((state) => {
        if (state === 'running') leave();
      });
    };
    const leave = (): void => {
      window.removeEventListener('pointerup', begin, true);
      window.removeEventListener('keydown', begin, true);
    };
    // Whoever signed in by a PIN has tapped already.
    if (navigator.userActivation?.hasBeenActive === true) begin();
    window.addEventListener('pointerup', begin, true);
    window.addEventListener('keydown', begin, true);
    return leave;
  }, [player]);
  return player;
}

/** What is seen of the ringing: a chip while nobody could hear it, the flash that stands in for it, and words. */
export function Ringer(): ReactElement {
  const stand = useStand();
  const { calls, view } = stand;
  const player = usePlayer();
  const bell = useRef<Bell>(silent);
  const sounds = useRef(new Map<string, CallSound>());
  const known = useRef<Known>(new Map());
  const latest = useRef(stand);
  const [flashes, setFlashes] = useState(0);
  const [said, setSaid] = useState('');
  useLayoutEffect(() => {
    latest.current = stand;
  });

  const look = useCallback(() => {
    const { calls: now, now: time, view: seen } = latest.current;
    if (seen.state === 'loading') return;
    const fresh = newsOf(known.current, now.values(), time);
    known.current = knownOf(now.values());
    for (const { call, sound } of fresh) {
      if (sound === null) continue;
      sounds.current.set(call, sound);
      bell.current = ring(hush(bell.current, call), call, sound, Date.now());
    }
    for (const [call, sound] of sounds.current) {
      const shown = now.get(call);
      if (shown && isSounding(shown, sound)) continue;
      sounds.current.delete(call);
      // A chime that is due now is played although the call was answered a moment later.
      if (!fresh.some((one) => one.call === call)) bell.current = hush(bell.current, call);
    }
    const struck = strike(bell.current, Date.now());
    bell.current = struck.bell;
    if (struck.sound && !player.play(struck.sound.name)) setFlashes((count) => count + 1);
    const last = fresh.at(-1);
    const about = last && now.get(last.call);
    if (last && about) setSaid(sayOf(last.say, about));
  }, [player]);

  useEffect(look, [look, calls, view.state]);
  useEffect(() => {
    const timer = setInterval(look, TICK_MS);
    // Touched anywhere: whoever touches the page has seen it.
    const quiet = (): void => {
      for (const call of sounds.current.keys()) bell.current = hush(bell.current, call);
      sounds.current.clear();
    };
    window.addEventListener('pointerdown', quiet, true);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pointerdown', quiet, true);
    };
  }, [look]);
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), ANNOUNCED_MS);
    return () => clearTimeout(timer);
  }, [said]);

  return (
    <>
      <MutedChip player={player} />
      {flashes > 0 && <div key={flashes} className="cflash" aria-hidden="true" data-testid="call-flash" />}
      <output className="sr-only" aria-live="polite" data-testid="call-said">
        {said}
      </output>
    </>
  );
}

function sayOf(say: CallNews['say'], call: CallView): string {
  const name = callerText(call);
  switch (say) {
    case 'rings':
      return t('calls.heardRings', { name });
    case 'stand':
      return t('calls.heardStand', { name });
    case 'taken':
      return t('calls.heardBy', { name, by: call.by ?? t('calls.somebody') });
    case 'lost':
      return t('calls.heardLost', { name });
    case 'over':
      return t('calls.heardOver', { name });
    default:
      return say satisfies never;
  }
}

function MutedChip({ player }: { player: Player }): ReactElement | null {
  const state = useAudioState(player);
  const volume = useVolume(player);
  if (state === 'running' && volume > 0) return null;
  return (
    <Button
      look="danger"
      className="muted-chip btn-small"
      testId="muted"
      onPress={() => {
        if (volume === 0) player.setVolume(100);
        void player.start();
      }}
    >
      <MutedIcon />
      {t('sound.muted')}
    </Button>
  );
}
