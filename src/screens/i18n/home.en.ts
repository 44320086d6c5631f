/** Words of the first page. */
export const homeEn = {
  'home.say': 'Orders from the tablet to the kitchen, and every ticket known to have been heard.',
  'home.demo':
    'This is the demo: every page signs itself in. Open order entry and a kitchen side by side, and send something.',
  'home.noDemo':
    'Screens here are paired by a manager. Open the page that this device shall show, or set-up.',
  'home.pos': 'Order entry',
  'home.posSay': 'The waiter’s tablet: menu, modifiers, tables, and how far each order got.',
  'home.station': 'Kitchen: {station}',
  'home.kitchen': 'Kitchen',
  'home.kitchenSay': 'A station’s board: tickets with their age, tapped ready and bumped.',
  'home.expo': 'Expo',
  'home.expoSay': 'The pass: whole orders, what is missing, and what goes out.',
  'home.floor': 'Floor',
  'home.floorSay': 'Tables and orders by who must act next.',
  'home.host': 'Host',
  'home.hostSay': 'Reservations by table, who waits and who is late, and the calls that come in.',
  'home.manager': 'Manager',
  'home.managerSay': 'Who hears and who does not, what happened at any minute, and the plug-pull drill.',
  'home.setup': 'Set-up',
  'home.setupSay': 'Pair screens, see them, and sign them out.',
  'home.docs': 'Reference of the HTTP interface',
} as const;
