import type { Words } from './words.ts';

const people = (party: number): string => `${party} ${party === 1 ? 'persona' : 'personas'}`;

export const spanish: Words = {
  late: 'Todavía no pude terminar eso; el restaurante lo verá y se pondrá en contacto con usted.',
  trouble: 'Ahora mismo no llego al libro; ¿le tomo un mensaje para que le devuelvan la llamada?',
  unknownTool: 'Eso no lo puedo hacer aquí, pero puedo tomar un mensaje para el restaurante.',
  askDay: '¿Para qué día sería?',
  askTime: '¿A qué hora sería?',
  askHalf: (times) => `¿Se refiere a las ${times}?`,
  noSuchTime: 'Esa noche cambia la hora y esa hora no existe; ¿qué otra hora le viene bien?',
  askParty: '¿Cuántas personas serán?',
  askName: '¿A qué nombre la pongo?',
  past: 'Esa hora ya pasó; ¿cuándo le gustaría venir?',
  tooFar: (days) =>
    `Solo tenemos abierto el libro para los próximos ${days} días; ¿le sirve un día anterior?`,
  tooLarge: (largest) =>
    `Puedo reservar hasta ${people(largest)}; para un grupo mayor le tomo un mensaje y el restaurante le llama.`,
  booked: (party, when, name) => `Reservado para ${people(party)} ${when}, a nombre de ${name}.`,
  requested: (party, when, name) =>
    `Pasé la solicitud para ${people(party)} ${when}, a nombre de ${name}; el restaurante se la confirmará.`,
  gone: (when, others) => `Lo siento, no hay mesa ${when}; le puedo ofrecer ${others}.`,
  nothingFree: (when) => `Lo siento, no hay mesa ${when}, ni en los días siguientes.`,
  free: (party, when) => `Sí, hay una mesa para ${people(party)} ${when}; ¿se la reservo?`,
  freeTimes: (day, times) => `Para ${day} le puedo ofrecer ${times}.`,
  closedThen: (when, others) => `No recibimos a nadie ${when}; le puedo ofrecer ${others}.`,
  closedDay: (day, others) => `Cerramos ${day}; le puedo ofrecer ${others}.`,
  noBooking: 'No encuentro esa reserva; ¿a qué nombre o teléfono está, y para qué día?',
  whichBooking: (bookings) => `¿A cuál se refiere: ${bookings}?`,
  whatChange: '¿Qué desea cambiar: el día, la hora o el número de personas?',
  changed: (party, when) => `Cambiado: ahora es para ${people(party)} ${when}.`,
  cancelled: (when) => `La reserva ${when} está cancelada.`,
  tooLate: 'Esa reserva ya no se puede cambiar; ¿le tomo un mensaje para el restaurante?',
  askDishes: '¿Qué desea pedir?',
  askCount: (dish) => `¿Cuántas porciones de ${dish} desea?`,
  didYouMean: (dishes) => `¿Se refiere a ${dishes}?`,
  notOnMenu: (dish, others) => `No encuentro ${dish} en la carta; hay ${others}.`,
  soldOut: (dish, others) => `Hoy ya no queda ${dish}${others === '' ? '' : `; hay ${others}`}.`,
  whichOption: (dish, group, options) => `${group} para ${dish}: ¿${options}?`,
  tooManyOptions: (dish, group, most) =>
    `Para ${dish} puede elegir como máximo ${most} de ${group}; ¿cuáles?`,
  ordered: (dishes, total, number) =>
    `Su pedido está hecho: ${dishes}, ${total} en total; el número es ${number}.`,
  onlyPickup: 'Solo tomo pedidos para recoger; ¿desea recogerlo?',
  askMessage: '¿Qué les digo?',
  messageTaken: 'Se lo haré llegar.',
  hours: (day, periods) => `Para ${day} recibimos ${periods}.`,
  closed: (day) => `Cerramos ${day}.`,
  anyHour: 'Recibimos a cualquier hora; ¿cuándo le gustaría venir?',
  period: (first, last) => `de ${first} a ${last}`,
  dishCosts: (dish, price, allergens) =>
    `${dish} cuesta ${price}${allergens === '' ? '' : `; ${allergens}`}.`,
  allergens: (list) => `contiene ${list}`,
  onMenu: (things) => `Hay ${things}.`,
  noMenu: 'No tengo la carta a mano; ¿le tomo un mensaje?',
  today: (day) => `hoy, ${day}`,
  tomorrow: (day) => `mañana, ${day}`,
  at: (day, time) => `${day}, a las ${time}`,
  dishes: (count, name) => `${count} ${name}`,
  bookingIs: (party, when) => `para ${people(party)} ${when}`,
  leaveMessage: (house) =>
    `Habla con ${house}. Ahora nadie puede atenderle; deje un mensaje después de la señal.`,
  welcome: (house) => `Habla con ${house}, ¿en qué puedo ayudarle?`,
  tellCaller: (sentence) => `Quien llamó no oyó la respuesta: ${sentence}`,
};
