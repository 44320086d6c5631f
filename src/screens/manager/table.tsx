import type { ReactElement, ReactNode } from 'react';

/** Rows under the heading whose id is `about`; wider than its card it is scrolled, by keys too. */
export function Table({
  about,
  heads,
  children,
}: {
  about: string;
  /** Of the columns. */
  heads: readonly string[];
  children: ReactNode;
}): ReactElement {
  return (
    <div className="mg-table" tabIndex={0} role="region" aria-labelledby={about}>
      <table>
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th key={index} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
