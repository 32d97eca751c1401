import type { ComplaintResolved, ComplaintSlaBreached, CustomerComplained } from '#contracts/complaint.events.js';

export type RaiseComplaint = { type: 'RaiseComplaint' } & CustomerComplained;
export type ResolveComplaint = { type: 'ResolveComplaint' } & ComplaintResolved;
/** A deadline has passed: the timers say so. */
export type RecordSlaBreach = { type: 'RecordSlaBreach' } & ComplaintSlaBreached;

export type ComplaintCommand = RaiseComplaint | ResolveComplaint | RecordSlaBreach;
