import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * Slab objects carry their metadata in front of them: it is there if they are. Memory that does
 * not come from a slab cache has separate metadata as before.
 */
const variant: KmemleakVariant = {
  name: 'embedded',
  summary: 'metadata inside the slab object; separate metadata for other memory alone',
  source: {
    who: 'Dmitry Vyukov',
    date: '2018-06-04',
    ref: 'CACT4Y+ZE_qbnqzjnhbrk=vhLqijKZ5x1QbtbJSyNuqA3htFgFA@mail.gmail.com',
  },
  objection: 'Catalin Marinas: metadata outlives the block it describes, and other memory remains',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  embedded: true,
  onFailure: 'disable',
};

export default variant;
