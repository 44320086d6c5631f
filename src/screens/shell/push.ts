/** This browser as one that is called when a ticket stays unheard. Browsers allow it on secure pages only. */

export type PushState = 'unsupported' | 'denied' | 'off' | 'on';
export type PushCalls = {
  /** The server's public key, base64url. */
  key(): Promise<string>;
  add(subscription: { endpoint: string; keys: { p256dh: string; auth: string } }): Promise<void>;
  remove(endpoint: string): Promise<void>;
};

export function pushIsPossible(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
}

export async function pushState(): Promise<PushState> {
  if (!pushIsPossible()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ? 'on' : 'off';
}

/** To be called from a tap: the browser asks the person. Answers what came of it. */
export async function turnPushOn(calls: PushCalls): Promise<PushState> {
  if (!pushIsPossible()) return 'unsupported';
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: await calls.key(),
  });
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  if (endpoint === undefined || p256dh === undefined || auth === undefined) return 'off';
  try {
    await calls.add({ endpoint, keys: { p256dh, auth } });
  } catch (error) {
    // A browser that believes to be subscribed and is not would be worse than one that knows it is not.
    await subscription.unsubscribe();
    throw error;
  }
  return 'on';
}

export async function turnPushOff(calls: PushCalls): Promise<PushState> {
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) {
    await calls.remove(subscription.endpoint);
    await subscription.unsubscribe();
  }
  return 'off';
}
