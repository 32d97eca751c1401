import {
  ComplaintAssigned,
  ComplaintResolutionTold,
  ComplaintResolved,
  CustomerComplained,
} from '#contracts/complaint.events.js';
import { CustomerAcquired } from '#contracts/customer.events.js';
import { externalId } from '#contracts/ids.js';
import { LAST_DAY } from '#domain/calendar.js';
import type { RecordCase } from '#domain/complaint/commands.js';
import { complaint } from '#domain/complaint/complaint.decider.js';
import { RuleViolation } from '#domain/decider.js';
import { checked } from '../conversion/checked.js';
import type { Problem } from '../conversion/problems.js';
import type { ComplaintCase } from '../import-target.js';
import type { ComplaintsMapping } from '../mapping/complaints-mapping.js';
import { problemsOf } from '../purchases/order-builder.js';
import type { RejectedRows } from '../purchases/order-facts.js';
import type { Row } from '../reading/row.js';
import { type ComplaintFacts, ComplaintReader } from './complaint-reader.js';

/** A row that becomes a complaint of a customer. */
export interface MappedComplaint {
  kind: 'complaint';
  customerId: string;
  acquired: CustomerAcquired;
  complaintId: string;
  data: ComplaintCase;
  occurredAt: string;
  row: Row;
}

type Moves = RecordCase['moves'];

/** Turns each row into a complaint with its course, and the customer who complained. */
export class ComplaintMapper {
  private readonly source: string;
  private readonly reader: ComplaintReader;
  private readonly closes: boolean;

  /** @throws InvalidFields when the mapping does not fit the file's columns. */
  constructor(mapping: ComplaintsMapping, columns: readonly string[]) {
    this.source = mapping.source;
    this.reader = new ComplaintReader(mapping, columns);
    this.closes = mapping.complaint.resolution?.closes ?? false;
  }

  map(row: Row): MappedComplaint | RejectedRows {
    const problems: Problem[] = [];
    if (row.problem !== undefined) problems.push({ field: '', message: row.problem });
    const facts = row.problem === undefined ? this.reader.read(row, problems) : undefined;
    if (facts) {
      try {
        return this.build(facts, row);
      } catch (error) {
        problems.push(...(error instanceof RuleViolation ? [brokenRule(error)] : problemsOf(error)));
      }
    }
    return { kind: 'rejected', rows: [{ row, problems }] };
  }

  private build(facts: ComplaintFacts, row: Row): MappedComplaint {
    // Where the source names nobody, a row is a customer of its own, whom nobody knows.
    const identity = { system: this.source, id: facts.externalCustomerId ?? String(row.line) };
    const number = { system: this.source, id: facts.externalId ?? String(row.line) };
    const customerId = externalId('customer', identity);
    const acquired = { ...facts.customer, roles: facts.customer.roles?.split(/\s*,\s*/), externalIdentity: identity };
    const raised = {
      ...facts.complaint,
      customerId,
      ...(Object.keys(facts.product).length > 0 && { product: facts.product }),
      // A line number is no number of the source's.
      ...(facts.externalId !== undefined && { externalId: number }),
    };
    const data = {
      raised: checked(CustomerComplained, raised as unknown as CustomerComplained),
      moves: this.moves(facts),
    };
    ensureRecordable(data, facts.occurredAt);
    return {
      kind: 'complaint',
      customerId,
      acquired: checked(CustomerAcquired, acquired as unknown as CustomerAcquired),
      complaintId: externalId('complaint', number),
      data,
      occurredAt: facts.occurredAt,
      row,
    };
  }

  private moves({ occurredAt, assigned, breached, resolution }: ComplaintFacts): Moves {
    const moves: Moves = [];
    let at = occurredAt;
    if (assigned) {
      const { occurredAt: assignedAt, ...data } = assigned;
      at = assignedAt;
      moves.push({ type: 'AssignComplaint', ...checked(ComplaintAssigned, data), occurredAt: at });
    }
    if (breached !== undefined) moves.push({ type: 'StateSlaBreach', metric: breached, occurredAt: at });
    if (resolution === undefined) return moves;
    const { outcome, told, disputed } = resolution;
    at = resolution.occurredAt ?? at;
    const resolved = checked(ComplaintResolved, { outcome } as ComplaintResolved);
    moves.push({ type: 'ResolveComplaint', ...resolved, occurredAt: at });
    if (told === undefined) return moves;
    const channel = checked(ComplaintResolutionTold, { channel: told } as ComplaintResolutionTold);
    moves.push({ type: 'TellResolution', ...channel, occurredAt: at });
    if (disputed) moves.push({ type: 'DisputeResolution', occurredAt: at });
    else if (this.closes) moves.push({ type: 'CloseComplaint', occurredAt: at });
    return moves;
  }
}

/**
 * Whatever the day and the published rules: a case that contradicts itself is rejected before its customer is acquired.
 * @throws RuleViolation
 */
function ensureRecordable(data: ComplaintCase, occurredAt: string): void {
  const command = { type: 'RecordCase' as const, ...data, rules: [] };
  complaint.decide(command, complaint.initial, { occurredAt, businessDate: LAST_DAY });
}

function brokenRule({ field, message }: RuleViolation): Problem {
  return { field: field ?? '', message };
}
