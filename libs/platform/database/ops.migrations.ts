import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Schema `ops`: what cannot be derived from the log and is therefore backed up. Keys of persons above all: without
 * them the personal data in the log is unreadable.
 */
export class CreateOps1795305600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ops.person_keys (
        person_id text primary key,
        wrapped bytea not null,
        created_at timestamptz not null default now()
      )`);
    await runner.query(`
      create table ops.api_keys (
        key_hash bytea primary key,
        name text not null,
        role text not null check (role in ('agent', 'service', 'analyst', 'auditor', 'admin')),
        created_at timestamptz not null default now(),
        revoked_at timestamptz
      )`);
    await runner.query(`
      create table ops.checkpoints (
        processor text not null,
        segment int not null,
        store_id uuid not null,
        position bigint,
        appended_position bigint,
        epoch bigint not null,
        updated_at timestamptz not null default now(),
        primary key (processor, segment)
      )`);
    await runner.query(`
      create table ops.workers (
        worker_id uuid primary key,
        processors jsonb not null,
        seen_at timestamptz not null default now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['workers', 'checkpoints', 'api_keys', 'person_keys']) {
      await runner.query(`drop table ops.${table}`);
    }
  }
}
