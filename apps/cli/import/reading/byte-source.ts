import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { CliError, exitCode } from '../../exit.js';

/** The bytes of a file, decompressed, and how far reading has come in the file as it is on disk. */
export interface ByteSource {
  chunks: AsyncIterable<Buffer>;
  /** Bytes read from disk so far: compressed ones for gzip. */
  bytesRead(): number;
  totalBytes: number;
}

const GZIP = Buffer.from([0x1f, 0x8b]);
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
const CHUNK = 64 * 1024;

/**
 * Opens a plain or gzip file (told by its first bytes, whatever its name) for one pass with constant memory.
 * @throws CliError (exit code 2) when it cannot be read, while opening or while reading.
 */
export async function openBytes(file: string): Promise<ByteSource> {
  const { first, size } = await firstBytes(file);
  let bytesRead = 0;
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      bytesRead += chunk.length;
      yield chunk;
    }
  };
  const source = createReadStream(file, { highWaterMark: CHUNK });
  const zipped = first.subarray(0, 2).equals(GZIP);
  const chunks = zipped ? unzip(source, counted) : counted(source);
  return { chunks: textOf(chunks, file), bytesRead: () => bytesRead, totalBytes: size };
}

function unzip(source: Readable, counted: (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>): Gunzip {
  const unzipped = createGunzip({ chunkSize: CHUNK });
  // An error reaches the reader, because the pipeline destroys its last stage with it.
  pipeline(source, counted, unzipped).catch(() => {});
  return unzipped;
}

async function firstBytes(file: string): Promise<{ first: Buffer; size: number }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Error('it is not a file');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return { first: buffer.subarray(0, bytesRead), size: stat.size };
  } catch (error) {
    throw cannotRead(file, error);
  } finally {
    await handle?.close();
  }
}

/** The chunks without a byte order mark at their start. */
async function* textOf(stream: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  // The mark may be cut in two by a chunk's end: the first bytes are kept back until there are enough of them.
  let start: Buffer | undefined = Buffer.alloc(0);
  try {
    for await (const chunk of stream) {
      if (start === undefined) {
        yield chunk;
        continue;
      }
      start = Buffer.concat([start, chunk]);
      if (start.length < UTF8_MARK.length) continue;
      yield withoutMark(start, file);
      start = undefined;
    }
  } catch (error) {
    throw cannotRead(file, error);
  }
  if (start !== undefined && start.length > 0) yield withoutMark(start, file);
}

function withoutMark(start: Buffer, file: string): Buffer {
  if (UTF16_MARKS.some((mark) => start.subarray(0, 2).equals(mark))) {
    throw new CliError(
      `${file} is UTF-16. Convert it to UTF-8 first, as with: iconv -f UTF-16 -t UTF-8`,
      exitCode.usage,
    );
  }
  return start.subarray(0, 3).equals(UTF8_MARK) ? start.subarray(3) : start;
}

function cannotRead(file: string, error: unknown): CliError {
  if (error instanceof CliError) return error;
  return new CliError(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`, exitCode.usage);
}
