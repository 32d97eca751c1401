import { recorded } from '#testing/recorded.js';
import { answerFor, withoutPersonalData, withoutPersonalFields } from './personal-data.js';
import { API_ROLES } from './roles.js';

const answer = {
  name: 'Hoa',
  position: '7',
  person: { fullName: 'Nguyễn Thị Hoa', gender: 'female' },
  contactPoints: [
    { id: '1', medium: 'email', value: 'hoa@example.org' },
    { id: '2', medium: 'phone', value: '+84' },
  ],
};

describe('an answer without personal data', () => {
  it('lacks what the paths name, in nested objects and in every item of a list, and nothing else', () => {
    const personal = ['name', 'person.fullName', 'contactPoints[].value', 'needs[].statement', 'no.such.field'];
    expect(withoutPersonalData(answer, personal)).toEqual({
      position: '7',
      person: { gender: 'female' },
      contactPoints: [
        { id: '1', medium: 'email' },
        { id: '2', medium: 'phone' },
      ],
    });
    expect(answer.contactPoints[0]!.value).toBe('hoa@example.org');
  });

  it('may lack a whole list, or everything in it', () => {
    expect(withoutPersonalData(answer, ['contactPoints', 'person'])).toEqual({ name: 'Hoa', position: '7' });
    expect(withoutPersonalData(answer, ['contactPoints[]']).contactPoints).toEqual([]);
  });

  it('is for analysts alone', () => {
    const stripped = API_ROLES.filter((role) => !('name' in answerFor({ id: '1', name: 'a', role }, answer, ['name'])));
    expect(stripped).toEqual(['analyst']);
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
