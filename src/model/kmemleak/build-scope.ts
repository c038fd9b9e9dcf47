import type { FaultScope } from '../fault/fault-scope.ts';
import { GlobalScope } from '../fault/global-scope.ts';
import { OwnScope } from '../fault/own-scope.ts';
import { type ScopeSetting, TaskScope } from '../fault/task-scope.ts';
import type { InjectionExemption } from './variant.ts';

/** The scope that a proposal puts around metadata requests; null: it has none. */
export function buildScope(
  injection: InjectionExemption,
  setting: ScopeSetting,
): FaultScope | null {
  if (injection === 'own-scope') return new OwnScope();
  if (injection === 'task-scope') return new TaskScope(setting);
  if (injection === 'global-scope') return new GlobalScope(() => setting.nowNs());
  return null;
}
