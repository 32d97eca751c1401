import { recorded } from '#testing/recorded.js';
import { seesPersonalData, seesPersonalDataInFeed, withoutPersonalFields } from './personal-data.js';
import { API_ROLES } from './roles.js';

describe('who sees personal data', () => {
  const rolesThat = (see: typeof seesPersonalData) => API_ROLES.filter((role) => see({ id: '1', name: 'a', role }));

  it('in answers about customers is everybody but analysts', () => {
    expect(rolesThat(seesPersonalData)).toEqual(['agent', 'service', 'auditor', 'admin']);
  });

  it('in the feed of all events is auditors and admins', () => {
    expect(rolesThat(seesPersonalDataInFeed)).toEqual(['auditor', 'admin']);
  });
});

describe('an event without personal data', () => {
  it('lacks the fields that its declaration marks, and the free text that says why', () => {
    const event = recorded({
      type: 'ProfileUpdated',
      data: { name: 'Hoa', person: { fullName: 'Hoa', gender: 'female' } },
    });
    event.metadata = { ...event.metadata, reason: 'Hoa asked' };
    const { data, metadata } = withoutPersonalFields(event);
    expect(data).toEqual({ person: { gender: 'female' } });
    expect(metadata).not.toHaveProperty('reason');
    expect(metadata.commandId).toBe(event.metadata.commandId);
  });
});
