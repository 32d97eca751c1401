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

/**
 * Keys of the API name their holder once and say where the holder works. A person who was erased keeps a row without a
 * key, so that no new key is ever made; what was sealed for a stream whose customer was found later belongs to them.
 */
export class KeysAndErasure1795392000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table ops.api_keys add department text, add outlet_id text');
    await runner.query('create unique index api_keys_by_name on ops.api_keys (name) where revoked_at is null');
    await runner.query(`
      alter table ops.person_keys alter wrapped drop not null, add erased_at timestamptz, add customer_id text,
        add check ((wrapped is null) = (erased_at is not null))`);
    await runner.query('create index person_keys_by_customer on ops.person_keys (customer_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index ops.api_keys_by_name');
    await runner.query('alter table ops.api_keys drop department, drop outlet_id');
    await runner.query('delete from ops.person_keys where wrapped is null');
    await runner.query('alter table ops.person_keys drop erased_at, drop customer_id, alter wrapped set not null');
  }
}

/** Commands of policies and timers that the domain refused are passed over, and counted. */
export class RefusedCommands1795478400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ops.refused_commands (
        source text not null,
        command text not null,
        rule text not null,
        refused bigint not null,
        last_refused_at timestamptz not null default now(),
        primary key (source, command, rule)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ops.refused_commands');
  }
}

/** The publisher tells with its position where the partitions ended, and what they were published with. */
export class Published1795564800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table ops.checkpoints add published jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table ops.checkpoints drop published');
  }
}
