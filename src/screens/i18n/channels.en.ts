/** Words of the managers' room about doors to the outside. */
export const channelsEn = {
  'channels.title': 'Channels',
  'channels.none':
    'No channel is set up. Channels stand in the configuration; a link ties each to its provider.',
  'channels.failed': 'The server does not answer. What is shown of links may be old.',
  'channels.notSent': 'Not sent. Try again.',
  'channels.dead':
    'Not done of what platforms sent: {dead, plural, one {# given up} other {# given up}}, {failed, plural, one {# being tried again} other {# being tried again}}.',
  'channels.toDeliveries': 'Look at them',
  'channels.waiting': 'Wait for our yes',
  'channels.noneWaits': 'Nothing waits.',
  'channels.going': '{count, plural, one {# more open order} other {# more open orders}}',
  'channels.refused': 'Refused by the platform',
  'channels.others': 'Other lines to the outside',
  'channels.link.none': 'not linked',
  'channels.link.broken': 'cannot work',
  'channels.link.silent': 'linked, nothing came yet',
  'channels.link.fine': 'linked',
  'channels.notPutThrough': 'A caller was not put through ({time})',
  'channels.lastHeard': 'last heard {time}',
  'channels.missing': 'not set: {fields}',
  'channels.noAddress': 'its address has to be made anew',
  'channels.simulator': 'simulator',
  'channels.sandbox': 'sandbox',
} as const;
