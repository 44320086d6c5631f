import type { TableView } from '../../domain/entities.ts';

/** `T7 + T8`, as people of the house call them. */
export function tableNames(ids: readonly string[], tables: ReadonlyMap<string, TableView>): string {
  return ids.map((id) => tables.get(id)?.name ?? id).join(' + ');
}
