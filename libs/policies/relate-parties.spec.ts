import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { INVERSE_RELATIONS, PARTY_RELATIONS } from '#contracts/codes.js';
import { derivedId } from '#contracts/ids.js';
import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { relateParties } from './relate-parties.policy.js';

const shop = derivedId('customer', 'shop');
const party = { relation: 'contactPersonOf', otherCustomerId: shop } as const;
const linked: Happening = { type: 'PartyLinked', data: party };
const unlinked: Happening = { type: 'PartyUnlinked', data: party };

describe('the policy that relates both sides', () => {
  it.each([
    [linked, 'LinkParty'],
    [unlinked, 'UnlinkParty'],
  ])('tells the other customer the inverse', (happening, type) => {
    const [event] = history([happening]);
    const [command, ...more] = relateParties.react([event!]);
    expect(more).toEqual([]);
    expect(command).toBeInstanceOf(ToCustomer);
    expect(command).toMatchObject({
      customerId: shop,
      command: { type, relation: 'hasContactPerson', otherCustomerId: SPEC_CUSTOMER },
      meta: {
        occurredAt: '2026-06-15T10:00:00Z',
        causationId: event!.eventId,
        decidedBy: { policy: 'relate_parties' },
      },
    });
  });

  it('sends the last word alone where a relation was linked and unlinked in one batch', () => {
    const other: Happening = { type: 'PartyLinked', data: { ...party, relation: 'suppliedBy' } };
    const commands = relateParties.react(history([linked, other, unlinked])) as ToCustomer[];
    expect(commands.map(({ command }) => command.type)).toEqual(['UnlinkParty', 'LinkParty']);
  });

  it('does not answer what it brought about itself', () => {
    const [event] = history([linked]);
    const own = { ...event!, metadata: { ...event!.metadata, decidedBy: { policy: 'relate_parties' } } };
    expect(relateParties.react([own])).toEqual([]);
  });

  it('makes the same commands, with the same ids, of the same events', () => {
    const events = history([linked]);
    expect(relateParties.react(events)).toEqual(relateParties.react(events));
  });

  it('knows of each relation another one, whose inverse is the first', () => {
    for (const relation of PARTY_RELATIONS) {
      const inverse = INVERSE_RELATIONS[relation];
      expect(inverse).not.toBe(relation);
      expect(INVERSE_RELATIONS[inverse]).toBe(relation);
    }
  });
});
