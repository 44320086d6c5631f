import { CalendarPlus, ChevronLeft, ChevronRight, ClockAlert, UserPlus } from 'lucide-react';
import { icon } from '../ui/icon.tsx';

/** The icons that only the stand needs. */

export const BookIcon = /* @__PURE__ */ icon(CalendarPlus);
export const WalkInIcon = /* @__PURE__ */ icon(UserPlus);
export const LateIcon = /* @__PURE__ */ icon(ClockAlert);
export const PreviousIcon = /* @__PURE__ */ icon(ChevronLeft, true);
export const NextIcon = /* @__PURE__ */ icon(ChevronRight, true);
