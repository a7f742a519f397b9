import type { InvoiceDetail } from '../api/client'
import { grouped, Money } from '../shared/Money'
import { Link, timelineOf } from '../shared/router'
import { Failed, Loading } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { Trail } from '../shared/Trail'
import { useApi } from '../shared/useApi'

const documentOf = (id: string, shape: 'html' | 'pdf' | 'ubl') => `/v1/invoices/${encodeURIComponent(id)}/${shape}`

export default function InvoicePage({ id }: { id: string }) {
  const { data, error, again } = useApi<InvoiceDetail>('/v1/invoices/' + encodeURIComponent(id))
  if (!data) return error ? <Failed error={error} again={again} /> : <Loading what="the invoice" />
  const invoice = data.invoice
  return (
    <>
      <Trail to="/invoices" here={invoice.number}>Invoices</Trail>
      <h1>Invoice {invoice.number} <StatusBadge state={invoice.state} /></h1>
      <p>{invoice.customerName}, <Money value={invoice.total} to={timelineOf(invoice.number)} title="Show the timeline" />, due {invoice.dueDate}. <Link to={timelineOf(invoice.number)}>Show its timeline</Link></p>
      <p>Document: <a href={documentOf(invoice.id, 'html')} target="_blank" rel="noreferrer">page</a>, <a href={documentOf(invoice.id, 'pdf')}>PDF</a>, <a href={documentOf(invoice.id, 'ubl')}>electronic (UBL)</a></p>
      <dl className="facts inline">
        <div><dt>Customer</dt><dd><Link to={timelineOf(invoice.customer)}>{invoice.customer}</Link></dd></div>
        <div><dt>Billing account</dt><dd><Link to={timelineOf(invoice.account)}>{invoice.account}</Link></dd></div>
        <div><dt>Legal entity</dt><dd>{invoice.entity}</dd></div>
        <div><dt>Accounting month</dt><dd>{invoice.month}</dd></div>
        <div><dt>Issued</dt><dd>{invoice.issueDate}</dd></div>
        <div><dt>Tax code</dt><dd>{data.taxCode}</dd></div>
        <div><dt>ERP document</dt><dd>{invoice.erpNumber ? `${invoice.erpNumber} in ${invoice.target}` : 'not posted yet'}</dd></div>
      </dl>
      <section aria-labelledby="lines">
        <h2 id="lines">Lines</h2>
        <table>
          <thead><tr><th scope="col">For</th><th scope="col">Subscription</th><th scope="col">Period</th><th scope="col">Recognition</th><th scope="col" className="num">Quantity</th><th scope="col" className="num">Price</th><th scope="col" className="num">Amount</th></tr></thead>
          <tbody>
            {data.lines.map(line => (
              <tr key={line.no}>
                <th scope="row">{line.description}</th><td><Link to={timelineOf(line.subscription)}>{line.subscription}</Link></td>
                <td className="nowrap">{line.from} until before {line.until}</td><td>{line.recognition}</td>
                <td className="num">{grouped(line.quantity)}</td><td className="num"><Money value={line.unitPrice} /></td><td className="num"><Money value={line.amount} /></td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr><th scope="row" colSpan={6}>Net</th><td className="num"><Money value={invoice.net} /></td></tr>
            <tr><th scope="row" colSpan={6}>Tax {data.taxCode}</th><td className="num"><Money value={invoice.tax} /></td></tr>
            <tr><th scope="row" colSpan={6}>Total</th><td className="num"><Money value={invoice.total} /></td></tr>
          </tfoot>
        </table>
      </section>
    </>
  )
}
