import type { CaseStatus } from '#contracts/codes.js';
import type { CustomerComplained } from '#contracts/complaint.events.js';
import { currentVersion } from '#contracts/upcasters.js';
import { RowTable } from '#processing/row-table.js';
import { given } from '../customer-360/row-change.js';
import { type Opener, openedBodies } from '../history/history-event.js';
import type { ReadOptions, ViewReader } from '../view-reader.js';
import { complaint } from './complaint.projection.js';
import { Complaint, type CourseEntry } from './complaint.table.js';

/** The case as it is shown. */
export type ShownComplaint = Omit<Complaint, 'state' | 'position'> &
  /** What was said when it was raised; left out for those who may not see it, and once the customer is erased. */
  Pick<CustomerComplained, 'description' | 'desiredOutcome'> & {
    status: CaseStatus;
    line: string;
    assigned: object | null;
  };

const table = new RowTable(Complaint);
const BY_ID = `select ${table.selection} from ${table.name} where complaint_id = $1`;

/**
 * A complaint by its id.
 * @param opener opens what is personal; undefined leaves it out, for those who may not see it.
 */
export async function findComplaint(
  reader: ViewReader,
  opener: Opener | undefined,
  id: string,
  options: ReadOptions,
): Promise<{ position: bigint | undefined; complaint: ShownComplaint | undefined }> {
  const { position, rows } = await reader.read<Complaint>([complaint], BY_ID, [id], options, {
    about: 'select $1::uuid',
  });
  return { position, complaint: rows[0] && (await shown(rows[0], opener)) };
}

async function shown({ state, position: _, ...row }: Complaint, opener: Opener | undefined): Promise<ShownComplaint> {
  const { caseStatus: status, line, assigned = null } = state;
  const course = await openedCourse(row, opener);
  const { description, desiredOutcome } = course[0]!.data as CustomerComplained;
  return { ...row, ...given({ description, desiredOutcome }), status, line, assigned, course };
}

async function openedCourse(
  { course, customerId }: Pick<Complaint, 'course' | 'customerId'>,
  opener: Opener | undefined,
): Promise<CourseEntry[]> {
  const stored = course.map((entry) => ({ ...entry, customerId, schemaVersion: currentVersion(entry.type) }));
  const bodies = await openedBodies(stored, opener);
  return course.map(({ reason, ...entry }, n) => ({
    ...entry,
    data: bodies[n]!,
    // What people write there is nobody's to check: it is for those who may see what is personal.
    ...(opener && reason !== undefined && { reason }),
  }));
}
