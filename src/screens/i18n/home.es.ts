import type { homeEn } from './home.en.ts';

export const homeEs: Record<keyof typeof homeEn, string> = {
  'home.say': 'Pedidos de la tableta a la cocina, y cada comanda que consta como oída.',
  'home.demo':
    'Esta es la demostración: cada página entra sola. Abra la toma de pedidos y una cocina lado a lado y envíe algo.',
  'home.noDemo':
    'Aquí un encargado vincula las pantallas. Abra la página de este dispositivo, o la configuración.',
  'home.pos': 'Toma de pedidos',
  'home.posSay': 'La tableta del camarero: carta, cambios, mesas y por dónde va cada pedido.',
  'home.station': 'Cocina: {station}',
  'home.kitchen': 'Cocina',
  'home.kitchenSay': 'El tablero de una estación: comandas con su edad, listas y despachadas.',
  'home.expo': 'Pase',
  'home.expoSay': 'El pase: pedidos enteros, qué falta y qué sale.',
  'home.floor': 'Sala',
  'home.floorSay': 'Mesas y pedidos según quién debe actuar.',
  'home.host': 'Recepción',
  'home.hostSay': 'Reservas por mesa, quién espera y quién llega tarde, y las llamadas que entran.',
  'home.manager': 'Encargado',
  'home.managerSay': 'Quién oye y quién no, qué pasó en cualquier minuto, y el simulacro de desconexión.',
  'home.setup': 'Configuración',
  'home.setupSay': 'Vincular pantallas, verlas y darlas de baja.',
  'home.docs': 'Referencia de la interfaz HTTP',
};
