import type { DenyReason } from '../domain/channel/commands.ts';
import type { LocationConfig } from '../domain/config.ts';

/**
 * What platforms are told in words beside their own codes: a guest or the platform's support may read it, and both speak
 * the language of the place, not that of whoever wrote the adapter.
 */
type Word = DenyReason | 'paused' | 'soldOut' | 'backInStock';
type Words = Readonly<Record<Word, string>> & { readonly itemSoldOut: (name: string) => string };

const WORDS: Readonly<Record<LocationConfig['language'], Words>> = {
  en: {
    item_out_of_stock: 'An item is sold out',
    kitchen_busy: 'The kitchen is too busy',
    closed: 'The restaurant is closed',
    cannot_read: 'The order cannot be read',
    address: 'The address cannot be served',
    technical: 'A technical failure',
    other: 'The restaurant cannot take it',
    paused: 'Paused by the restaurant',
    soldOut: 'Out of stock',
    backInStock: 'Back in stock',
    itemSoldOut: (name) => `${name} is sold out`,
  },
  es: {
    item_out_of_stock: 'Un plato se agotó',
    kitchen_busy: 'La cocina no da abasto',
    closed: 'El restaurante está cerrado',
    cannot_read: 'No se entiende el pedido',
    address: 'No se reparte en esa dirección',
    technical: 'Un fallo técnico',
    other: 'El restaurante no puede aceptarlo',
    paused: 'Pausado por el restaurante',
    soldOut: 'Agotado',
    backInStock: 'Disponible de nuevo',
    itemSoldOut: (name) => `${name}: agotado`,
  },
  ar: {
    item_out_of_stock: 'نفد أحد الأصناف',
    kitchen_busy: 'المطبخ مزدحم جدًا',
    closed: 'المطعم مغلق',
    cannot_read: 'الطلب غير مقروء',
    address: 'لا نوصّل إلى هذا العنوان',
    technical: 'عطل تقني',
    other: 'لا يستطيع المطعم قبول الطلب',
    paused: 'أوقفه المطعم مؤقتًا',
    soldOut: 'نفد',
    backInStock: 'متوفر من جديد',
    itemSoldOut: (name) => `نفد: ${name}`,
  },
};

/** In the language of the place. */
export function placeWords({ language }: Pick<LocationConfig, 'language'>): Words {
  return WORDS[language];
}
