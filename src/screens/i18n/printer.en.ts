/** Words of a built-in printer's page. */
export const printerEn = {
  'printer.title': 'Printer {name}',
  'printer.asking': 'Asking the server …',
  'printer.checked': 'checked {at}',
  'printer.lost': 'The server does not answer. What it prints meanwhile will be shown here.',
  'printer.none': 'Nothing was printed yet.',
  'printer.code': 'Code for a guest’s phone',
  'printer.at': 'Printed at {at}',
};
