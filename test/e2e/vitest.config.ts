import { defineConfig } from 'vitest/config';

/** Tests in a real browser: `npm run e2e`, and no part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: '100%',
  },
});
