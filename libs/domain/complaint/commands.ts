import type { ComplaintResolved, CustomerComplained } from '#contracts/complaint.events.js';

export type RaiseComplaint = { type: 'RaiseComplaint' } & CustomerComplained;
export type ResolveComplaint = { type: 'ResolveComplaint' } & ComplaintResolved;

export type ComplaintCommand = RaiseComplaint | ResolveComplaint;
