import { MonitorSmartphone, MonitorX, Timer } from 'lucide-react';
import { icon } from '../ui/icon.tsx';

/** The icons that only the managers' page needs. */

export const LateIcon = /* @__PURE__ */ icon(Timer);
export const LostIcon = /* @__PURE__ */ icon(MonitorX);
export const ScreensIcon = /* @__PURE__ */ icon(MonitorSmartphone);
