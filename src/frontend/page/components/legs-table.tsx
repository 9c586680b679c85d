import type { Leg } from '../../../protocol/positions.ts';
import { dateInWords } from '../model/format.ts';

export function LegsTable({ legs }: { readonly legs: readonly Leg[] }) {
  if (legs.length === 0) return <p className="nothing">It has no legs yet.</p>;
  return (
    <table>
      <caption>Legs</caption>
      <thead>
        <tr>
          <th scope="col">Action</th>
          <th scope="col" className="number">
            Number
          </th>
          <th scope="col">Right</th>
          <th scope="col" className="number">
            Strike
          </th>
          <th scope="col">Expiration</th>
        </tr>
      </thead>
      <tbody>
        {legs.map((leg) => (
          <tr key={`${leg.action} ${leg.right} ${leg.strike} ${leg.expiration}`}>
            <td>
              <span className={`action action-${leg.action}`}>{leg.action}</span>
            </td>
            <td className="number">{leg.quantity}</td>
            <td>{leg.right}</td>
            <td className="number">{leg.strike.toLocaleString('en-GB')}</td>
            <td>{dateInWords(leg.expiration)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
