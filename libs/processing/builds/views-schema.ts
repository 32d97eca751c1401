import type { ClientBase } from 'pg';

/**
 * The engine's own tables in schema `views`. Derived like the rows: dropped with them, made again with them. What moves
 * with every batch has room in its pages, so that no index has to follow.
 *
 * Epochs come from one sequence: builds that change places keep none in common, whoever held one before. It starts at the
 * time, so that a schema that was dropped and made again repeats none either.
 */
const TABLES = `
  do $$ begin
    if to_regclass('views.epochs') is null then
      execute format('create sequence views.epochs start %s', (extract(epoch from clock_timestamp()) * 1000)::bigint);
    end if;
  end $$;
  create table if not exists views.builds (
    projection text not null,
    build text not null check (build in ('live', 'next', 'previous', 'aside')),
    version int not null,
    state text not null check (state in ('building', 'ready')),
    tables text[] not null,
    created_at timestamptz not null default now(),
    primary key (projection, build)
  );
  create table if not exists views.checkpoints (
    processor text not null,
    segment int not null,
    store_id uuid,
    position bigint,
    appended_position bigint,
    epoch bigint not null,
    updated_at timestamptz not null default now(),
    primary key (processor, segment)
  ) with (fillfactor = 10);
  create table if not exists views.parked (
    processor text not null,
    key text not null,
    customer_id uuid,
    position bigint not null,
    event_id uuid not null,
    error text,
    parked_at timestamptz not null default now(),
    primary key (processor, key, position)
  );
  create table if not exists views.dropped (
    processor text not null,
    key text not null,
    customer_id uuid,
    position bigint not null,
    event_id uuid not null,
    reason text not null,
    dropped_at timestamptz not null default now(),
    primary key (processor, key, position)
  );
  create table if not exists views.changed_state (
    topic text not null,
    customer_id uuid not null,
    position bigint not null,
    primary key (topic, customer_id)
  ) with (fillfactor = 40);
  create table if not exists views.state_bootstrap (
    topic text primary key,
    after_customer uuid,
    requested_at timestamptz not null default clock_timestamp()
  );`;

/** PostgreSQL's codes for a table and for a schema that is not there. */
const NOT_THERE = ['42P01', '3F000'];

/** Whether a query found no schema of views: it has yet to be made, or was dropped. */
export function areViewsGone(error: unknown): boolean {
  return NOT_THERE.includes(String((error as { code?: unknown }).code));
}

/** Makes what is missing. A schema from before there were builds is made anew: all of it is derived. */
export async function createViewsSchema(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ outdated: boolean }>(
    "select to_regnamespace('views') is not null and to_regclass('views.builds') is null as outdated",
  );
  if (rows[0]!.outdated) await client.query('drop schema views cascade');
  await client.query('create schema if not exists views');
  await client.query(TABLES);
}
