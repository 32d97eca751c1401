import type { CaseStatus } from '#contracts/codes.js';
import { RowTable } from '#processing/row-table.js';
import type { ReadOptions, ViewReader } from '../view-reader.js';
import { complaint } from './complaint.projection.js';
import { Complaint } from './complaint.table.js';

/** The case as it is shown. */
export type ShownComplaint = Omit<Complaint, 'state' | 'position'> & {
  status: CaseStatus;
  line: string;
  assigned: object | null;
};

const table = new RowTable(Complaint);
const BY_ID = `select ${table.selection} from ${table.name} where complaint_id = $1`;

/** A complaint by its id. */
export async function findComplaint(
  reader: ViewReader,
  id: string,
  options: ReadOptions,
): Promise<{ position: bigint | undefined; complaint: ShownComplaint | undefined }> {
  const { position, rows } = await reader.read<Complaint>([complaint], BY_ID, [id], options, {
    about: 'select $1::uuid',
  });
  return { position, complaint: rows[0] && shown(rows[0]) };
}

function shown({ state, position: _, ...row }: Complaint): ShownComplaint {
  const { caseStatus: status, line, assigned = null } = state;
  return { ...row, status, line, assigned };
}
