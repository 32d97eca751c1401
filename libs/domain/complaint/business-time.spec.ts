import { addBusinessMinutes, type BusinessCalendar, businessMsBetween } from './business-time.js';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;
const everyDay = [...weekdays, 'saturday', 'sunday'] as const;
const office: BusinessCalendar = {
  timeZone: 'UTC',
  businessHours: weekdays.flatMap((weekday) => [
    { weekday, from: '08:00', to: '12:00' },
    { weekday, from: '13:00', to: '17:00' },
  ]),
  holidays: ['2026-12-25'],
};
const around = (timeZone: string, from = '00:00', to = '24:00'): BusinessCalendar => ({
  timeZone,
  businessHours: everyDay.map((weekday) => ({ weekday, from, to })),
  holidays: [],
});

describe('adding business time', () => {
  it.each([
    ['within a span', '2026-06-15T09:00:00Z', 60, '2026-06-15T10:00:00Z'],
    ['over lunch', '2026-06-15T11:30:00Z', 60, '2026-06-15T13:30:00Z'],
    ['up to the very end of a span', '2026-06-15T11:00:00Z', 60, '2026-06-15T12:00:00Z'],
    ['over the night', '2026-06-15T16:30:00Z', 60, '2026-06-16T08:30:00Z'],
    ['over the weekend', '2026-06-19T16:30:00Z', 60, '2026-06-22T08:30:00Z'],
    ['over a holiday', '2026-12-24T16:30:00Z', 60, '2026-12-28T08:30:00Z'],
    ['from closed time on', '2026-06-20T03:00:00Z', 60, '2026-06-22T09:00:00Z'],
    ['of whole weeks', '2026-06-15T09:00:00Z', 5 * 480, '2026-06-22T09:00:00Z'],
    ['to the millisecond', '2026-06-15T11:59:59.750Z', 1, '2026-06-15T13:00:59.750Z'],
    ['of none', '2026-06-20T03:00:00Z', 0, '2026-06-20T03:00:00Z'],
  ])('goes on %s', (_, instant, minutes, due) => {
    expect(addBusinessMinutes(office, instant, minutes)).toBe(due);
  });

  it('is told in UTC by the hours of the time zone', () => {
    const hanoi = { ...office, timeZone: 'Asia/Ho_Chi_Minh' };
    expect(addBusinessMinutes(hanoi, '2026-06-15T00:30:00Z', 60)).toBe('2026-06-15T02:00:00Z');
  });

  it('ends with the calendar’s last year instead of beyond it', () => {
    expect(addBusinessMinutes(office, '9999-12-31T16:00:00Z', 480)).toBe('9999-12-31T23:59:59.999Z');
  });
});

describe('days on which the clock is changed', () => {
  const berlin = around('Europe/Berlin');

  it('have 23 hours in spring and 25 in autumn', () => {
    expect(businessMsBetween(berlin, '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z')).toBe(23 * 3_600_000);
    expect(addBusinessMinutes(berlin, '2026-03-28T23:00:00Z', 23 * 60)).toBe('2026-03-29T22:00:00Z');
    expect(addBusinessMinutes(berlin, '2026-10-24T22:00:00Z', 25 * 60)).toBe('2026-10-25T23:00:00Z');
  });

  it('open when the clock shows it: an hour that is skipped is none, one that comes twice is two', () => {
    const night = around('Europe/Berlin', '02:00', '03:00');
    expect(businessMsBetween(night, '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z')).toBe(0);
    expect(businessMsBetween(night, '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')).toBe(2 * 3_600_000);
    const half = around('Europe/Berlin', '02:30', '03:30');
    // In spring from the change, which makes 02:00 of it 03:00; in autumn 02:30 to 03:00, twice, and 03:00 to 03:30.
    expect(addBusinessMinutes(half, '2026-03-28T23:00:00Z', 30)).toBe('2026-03-29T01:30:00Z');
    expect(businessMsBetween(half, '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')).toBe(90 * 60_000);
  });

  it('may set the clock back over midnight, so that a day comes in two pieces', () => {
    // At 00:01 on 7 November 2010 clocks in St. John's were set back to 23:01 of the day before.
    const saturday: BusinessCalendar = {
      timeZone: 'America/St_Johns',
      businessHours: [{ weekday: 'saturday', from: '00:00', to: '24:00' }],
      holidays: [],
    };
    expect(businessMsBetween(saturday, '2010-11-05T00:00:00Z', '2010-11-08T12:00:00Z')).toBe((24 * 60 + 59) * 60_000);
  });

  it('may be missing: Samoa had no 30 December 2011', () => {
    const friday: BusinessCalendar = {
      timeZone: 'Pacific/Apia',
      businessHours: [{ weekday: 'friday', from: '00:00', to: '24:00' }],
      holidays: [],
    };
    expect(businessMsBetween(friday, '2011-12-27T00:00:00Z', '2012-01-02T00:00:00Z')).toBe(0);
  });
});
