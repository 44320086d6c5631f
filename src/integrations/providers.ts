import { doordashDrive } from './doordash-drive/doordashDrive.ts';
import { doordash } from './doordash/doordash.ts';
import type { Provider } from './provider.ts';
import { retell } from './retell/retell.ts';
import { twilio } from './twilio/twilio.ts';
import { uberEats } from './uber-eats/uberEats.ts';
import { vapi } from './vapi/vapi.ts';

/** Every adapter there is; adding one is adding its line. */
export const PROVIDERS: readonly Provider[] = [doordash, doordashDrive, retell, twilio, uberEats, vapi];
