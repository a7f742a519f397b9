using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>How a document's deferred lines are earned.</summary>
/// <param name="Number">The invoice's or credit memo's.</param>
/// <param name="Waiting">True while it came in and is not spread yet.</param>
/// <param name="BooksCurrency">Where the document is in another currency than its company's books: theirs. Empty otherwise.</param>
/// <param name="ExchangeRate">Of the document's day, which revenue keeps for good; null where nothing is converted.</param>
public sealed record DocumentSchedules(
    string Number, string LegalEntity, AccountingMonth Month, bool Waiting, string BooksCurrency, decimal? ExchangeRate, IReadOnlyList<LineSchedules> Lines);

/// <summary>One deferred line.</summary>
/// <param name="Start">The first day its charge covers after it.</param>
/// <param name="End">The first day it no longer does.</param>
public sealed record LineSchedules(
    int LineNo, string Description, Money Amount, DateOnly Start, DateOnly End, Spread Spread, ScheduleRounding Rounding, IReadOnlyList<EarnedMonth> Months);

/// <summary>What a line earns in a month.</summary>
/// <param name="Month">In which it is earned.</param>
/// <param name="InBooks">In the books' currency, by the document's rate; null where nothing is converted.</param>
/// <param name="Booked">The month of the books that took it: a later one where its own was closed. Null while it is not booked.</param>
/// <param name="Entry">Number of the journal entry; empty while it is not booked.</param>
public sealed record EarnedMonth(AccountingMonth Month, Money Amount, Money? InBooks, AccountingMonth? Booked, string Entry);

/// <summary>Reads the schedules of a document.</summary>
public sealed class ReadSchedules(NpgsqlDataSource database)
{
    /// <summary>By the number of an invoice or credit memo.</summary>
    public async Task<RevenueReply> Run(string number, CancellationToken cancel)
    {
        var head = await database.Row<Head>(
            """
            select i.id, i.number, e.code as legal_entity, i.month, i.currency, coalesce(i.books_currency, '') as books_currency, i.exchange_rate,
                   exists (select from revenue.arrival a where a.legal_entity_id = i.legal_entity_id and i.id = any(a.documents)) as waiting
            from invoicing.invoice i join customers.legal_entity e on e.id = i.legal_entity_id
            where i.tenant = 1 and i.number = @number
            """, new { number }, cancel);
        if (head is null) return new RevenueReply.Refused("number", "unknown-invoice", "no invoice and no credit memo has this number", "Correct the number.");
        var rows = await database.Rows<Row>(
            """
            select s.line_no, line.description, s.amount as whole, s.period_start, s.period_end, s.spread, s.rounding, l.month, l.amount,
                   booking.month as booked, coalesce(p.business_key, '') as entry
            from revenue.schedule s
            join invoicing.invoice_line line on line.billing_account_id = s.billing_account_id and line.invoice_id = s.invoice_id and line.line_no = s.line_no
            join revenue.batch_month m on m.batch = s.batch
            join revenue.schedule_line l on l.batch = m.batch and l.month = m.month and l.no = s.no
            left join revenue.release r on r.batch = m.batch and r.month = m.month
            left join revenue.booking booking on booking.id = r.booking
            left join revenue.part_line placed on placed.batch = l.batch and placed.month = l.month and placed.no = l.no
            left join revenue.part on part.booking = placed.booking and part.no = placed.part
            left join revenue.booking_entry entered on entered.booking = booking.id and entered.no = coalesce(part.entry_no, 1)
            left join posting.posting p on p.document_id = entered.entry_id
            where s.invoice_id = @Id
            order by s.line_no, l.month
            """, new { head.Id }, cancel);
        return new RevenueReply.Schedules(new DocumentSchedules(
            head.Number, head.LegalEntity, AccountingMonth.Of(head.Month), head.Waiting, head.BooksCurrency, head.ExchangeRate,
            [.. rows.GroupBy(row => row.LineNo).Select(line => Told(head, [.. line]))]));
    }

    private static LineSchedules Told(Head head, List<Row> rows)
    {
        var currency = Currency.Of(head.Currency);
        List<MonthAmount> months = rows.ConvertAll(row => new MonthAmount(AccountingMonth.Of(row.Month), row.Amount));
        var converted = head.ExchangeRate is { } rate ? LineSchedule.InBooks(months, rate, Currency.Of(head.BooksCurrency)) : null;
        var first = rows[0];
        return new LineSchedules(
            first.LineNo, first.Description, new Money(first.Whole, currency), first.PeriodStart, first.PeriodEnd, Words.Parse<Spread>(first.Spread),
            Words.Parse<ScheduleRounding>(first.Rounding),
            [
                .. rows.Select((row, place) => new EarnedMonth(
                    months[place].Month, new Money(row.Amount, currency), converted?[place],
                    row.Booked is { } booked ? AccountingMonth.Of(booked) : null, row.Entry)),
            ]);
    }

    private sealed record Head(
        Guid Id, string Number, string LegalEntity, DateOnly Month, string Currency, string BooksCurrency, decimal? ExchangeRate, bool Waiting);

    private sealed record Row(
        int LineNo, string Description, decimal Whole, DateOnly PeriodStart, DateOnly PeriodEnd, string Spread, string Rounding, DateOnly Month, decimal Amount,
        DateOnly? Booked, string Entry);
}
