import {
  Armchair,
  BrushCleaning,
  CakeSlice,
  ClipboardList,
  CupSoda,
  LayoutGrid,
  LogOut,
  Pencil,
  QrCode,
  ReceiptText,
  Repeat,
  Salad,
  Send,
  Star,
  Users,
} from 'lucide-react';
import { icon } from './icon.tsx';

/** The icons that only the tablets' pages need: they must not reach the kitchen's bundle. */

export const SendIcon = /* @__PURE__ */ icon(Send, true);
export const PeopleIcon = /* @__PURE__ */ icon(Users);
export const PencilIcon = /* @__PURE__ */ icon(Pencil);
export const CodeIcon = /* @__PURE__ */ icon(QrCode);
export const RepeatIcon = /* @__PURE__ */ icon(Repeat);
export const StarIcon = /* @__PURE__ */ icon(Star);
export const SaladIcon = /* @__PURE__ */ icon(Salad);
export const DrinkIcon = /* @__PURE__ */ icon(CupSoda);
export const CakeIcon = /* @__PURE__ */ icon(CakeSlice);
export const ListIcon = /* @__PURE__ */ icon(ClipboardList);
export const GridIcon = /* @__PURE__ */ icon(LayoutGrid);
export const CleanIcon = /* @__PURE__ */ icon(BrushCleaning);
export const BillIcon = /* @__PURE__ */ icon(ReceiptText);
export const LeaveIcon = /* @__PURE__ */ icon(LogOut, true);
export const ArmchairIcon = /* @__PURE__ */ icon(Armchair);
