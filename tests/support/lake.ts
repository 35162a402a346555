/** Where tests of packages and tests across them look into Parquet files. */
export * from '../../gateway/src/testing/awaited-time.ts';
export * from '../../gateway/src/testing/read-parquet.fixture.ts';
