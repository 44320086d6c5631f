import { MINIMUM_GAP, PRIORITY, notesOf, type Note, type SoundName } from './sound.ts';

/**
 * The notes, through WebAudio: attack 5 ms, release 60 ms, peak −6 dB, a compressor at the end.
 * A context that is not running plays nothing and says so: the board shows MUTED and flashes its edge.
 */

const PEAK = 0.5;
const ATTACK = 0.005;
const RELEASE = 0.06;
const KEY = 'heard.volume';

export type AudioState = 'running' | 'suspended' | 'closed' | 'interrupted' | 'none';

/** Scheduled sounds, for whoever has to prove that one was: `at` by the page's clock, ms since 1970. */
export type HeardSound = { name: SoundName; at: number; contextState: AudioState; notes: number };

declare global {
  interface Window {
    __heardSound?: HeardSound[];
  }
}

export type Player = {
  state(): AudioState;
  subscribe(listener: () => void): () => void;
  /** To be called from a tap: most browsers refuse otherwise. Resolves with the state after it. */
  start(): Promise<AudioState>;
  /** Schedules a sound now, if the context runs. `decibels` is added to it. False: nobody can hear it. */
  play(name: SoundName, decibels?: number): boolean;
  /** All six, one after the other: the self-test at the start of a shift. */
  playAll(): void;
  /** 0 to 100, kept on the device. */
  volume(): number;
  setVolume(percent: number): void;
};

/** A player over the page's one AudioContext, made at the first tap. */
export function createPlayer(): Player {
  let context: AudioContext | null = null;
  let master: GainNode | null = null;
  let percent = readVolume();
  const listeners = new Set<() => void>();
  const state = (): AudioState => context?.state ?? 'none';
  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  const schedule = (name: SoundName, delay: number, decibels: number): boolean => {
    if (context === null || master === null || context.state !== 'running' || percent === 0) return false;
    const notes = notesOf(name);
    const gain = PEAK * 10 ** (decibels / 20);
    for (const note of notes) voice(context, master, note, context.currentTime + delay / 1000, gain);
    (window.__heardSound ??= []).push({
      name,
      at: Date.now() + delay,
      contextState: context.state,
      notes: notes.length,
    });
    if (window.__heardSound.length > 200) window.__heardSound.shift();
    return true;
  };

  return {
    state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      if (context === null) {
        context = new AudioContext();
        master = context.createGain();
        master.gain.value = percent / 100;
        const compressor = context.createDynamicsCompressor();
        master.connect(compressor).connect(context.destination);
        context.addEventListener('statechange', tell);
      }
      try {
        // Without a tap the promise may never settle; the state then simply stays what it is.
        if (context.state !== 'running')
          await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 300))]);
      } catch {
        // Refused: the state says so.
      }
      tell();
      return state();
    },
    play: (name, decibels = 0) => schedule(name, 0, decibels),
    playAll() {
      [...PRIORITY].reverse().forEach((name, index) => schedule(name, index * MINIMUM_GAP, 0));
    },
    volume: () => percent,
    setVolume(next) {
      percent = Math.min(100, Math.max(0, Math.round(next)));
      if (master !== null) master.gain.value = percent / 100;
      try {
        localStorage.setItem(KEY, String(percent));
      } catch {
        // Kept for as long as the page.
      }
      tell();
    },
  };
}

function readVolume(): number {
  try {
    const stored = localStorage.getItem(KEY);
    const value = stored === null ? 100 : Number(stored);
    return Number.isFinite(value) && value >= 0 && value <= 100 ? value : 100;
  } catch {
    return 100;
  }
}

function voice(context: AudioContext, out: AudioNode, note: Note, start: number, peak: number): void {
  const end = start + note.lasts / 1000;
  const envelope = context.createGain();
  envelope.gain.setValueAtTime(0, start);
  envelope.gain.linearRampToValueAtTime(peak, start + ATTACK);
  envelope.gain.setValueAtTime(peak, Math.max(start + ATTACK, end - RELEASE));
  envelope.gain.linearRampToValueAtTime(0, end);
  let target: AudioNode = out;
  if (note.lowPass !== undefined) {
    const filter = context.createBiquadFilter();
    filter.type = 'lowpass';
    filter.frequency.value = note.lowPass;
    filter.connect(target);
    target = filter;
  }
  if (note.tremolo !== undefined) {
    const depth = context.createGain();
    depth.gain.value = 0.7;
    const slow = context.createOscillator();
    const sway = context.createGain();
    sway.gain.value = 0.3;
    slow.frequency.value = note.tremolo;
    slow.connect(sway).connect(depth.gain);
    slow.start(start);
    slow.stop(end);
    depth.connect(target);
    target = depth;
  }
  envelope.connect(target);
  const tones: [number, number][] = [[note.pitch, 1]];
  if (note.octave !== undefined) tones.push([note.pitch * 2, note.octave]);
  for (const [pitch, share] of tones) {
    const tone = context.createOscillator();
    tone.type = note.wave;
    tone.frequency.value = pitch;
    const level = context.createGain();
    level.gain.value = share / (1 + (note.octave ?? 0));
    tone.connect(level).connect(envelope);
    tone.start(start);
    tone.stop(end + 0.01);
  }
}
