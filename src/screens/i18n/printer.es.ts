import type { printerEn } from './printer.en.ts';

export const printerEs: Record<keyof typeof printerEn, string> = {
  'printer.title': 'Impresora {name}',
  'printer.asking': 'Preguntando al servidor …',
  'printer.checked': 'comprobado {at}',
  'printer.lost': 'El servidor no responde. Lo que imprima mientras tanto aparecerá aquí.',
  'printer.none': 'Todavía no se ha impreso nada.',
  'printer.code': 'Código para el teléfono del cliente',
  'printer.at': 'Impreso a las {at}',
};
