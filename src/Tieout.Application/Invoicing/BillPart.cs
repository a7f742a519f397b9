using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Tax;

namespace Tieout.Application.Invoicing;

/// <summary>One part of a billing run: load the accounts, decide once, save everything in one transaction.</summary>
internal sealed class BillPart(NpgsqlDataSource database, TimeProvider clock, Guid run, AccountingMonth month, TaxTable taxes)
{
    /// <summary>Claims the next open part and bills it; false when none is left unclaimed.</summary>
    public async Task<bool> RunNext(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var part = await connection.QuerySingleOrDefaultAsync<Part>(
            """
            select part as no, legal_entity_id as entity, from_account as first, to_account as last from invoicing.billing_part
            where run_id = @run and done_at is null
            order by part
            for update skip locked limit 1
            """, new { run }, transaction);
        if (part is null) return false;

        await BillingLock.Shared(connection, part.Entity, cancel);
        var accounts = await AccountsToBill.Load(connection, part.Entity, part.First, part.Last, month, cancel);
        var differences = accounts.ConvertAll(Compare);
        var standing = await StandingTaxes.Load(connection, differences.SelectMany(item => item.Lines), cancel);
        var decided = differences.ConvertAll(item => Decide(item.Account, item.Lines, standing));
        var now = clock.GetUtcNow();
        var documents = decided.SelectMany(item => item.Documents).Select(invoice => InvoiceToBook.New(invoice, now)).ToList();
        await SaveInvoices.Run(connection, transaction, run, documents, now, cancel);
        await SaveExceptions(connection, transaction, part, decided);
        var memos = documents.Count(item => item.Invoice.Kind == DocumentKind.CreditMemo);
        await connection.ExecuteAsync(
            "update invoicing.billing_part set done_at = @now, invoices = @count, credit_memos = @memos where run_id = @run and part = @no",
            new { run, part.No, count = documents.Count - memos, memos, now }, transaction);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private (AccountToBill Account, List<LineToBook> Lines) Compare(AccountToBill item)
    {
        var wanted = MonthlyCharges.Wanted(item.Subscriptions, item.Account.Currency, month).ToList();
        return (item, Difference.Between(wanted, item.Booked));
    }

    private Decision Decide(AccountToBill item, List<LineToBook> lines, IReadOnlyList<StandingTax> standing)
    {
        List<TaxedLine> taxed = new(lines.Count);
        foreach (var line in lines)
        {
            if ((line.Tax ?? TaxOf(item, line.Line)) is not { } tax) return new Decision([], [NoRate(item, lines, line.Line)]);
            taxed.Add(new TaxedLine(line, tax));
        }
        return new Decision(DrawUp.Of(item.Account, month.FirstDay, taxed, standing), []);
    }

    private LineTax? TaxOf(AccountToBill item, ChargeLine line)
    {
        var supply = SupplyDay(line);
        return taxes.On(item.Account.TaxCode, supply) is { } rate
            ? new LineTax(rate.Code, rate.Rate == 0 ? "Z" : "S", rate.Rate, supply)
            : null;
    }

    private static DateOnly SupplyDay(ChargeLine line) => line.Period.End.AddDays(-1);

    private RaisedException NoRate(AccountToBill item, List<LineToBook> lines, ChargeLine line) => new(
        new Finding(
            ExceptionCategory.Business, "tax-rate-missing",
            $"Account {item.Code} was not billed for {month}: tax code {item.Account.TaxCode} has no rate in force on {SupplyDay(line):yyyy-MM-dd}.",
            "Add the rate to the books file and run the month again; until then this account gets no invoice."),
        "billing", $"{item.Code}/{month}", item.Account.LegalEntity.Value, item.Account.Id.Value, month.FirstDay,
        item.Account.Currency.Code, lines.Sum(entry => entry.Amount.Amount), item.Account.Correlation.Value);

    // What was wrong with these accounts in this month and is not wrong any more closes by itself.
    private async Task SaveExceptions(NpgsqlConnection connection, NpgsqlTransaction transaction, Part part, List<Decision> decided)
    {
        var now = clock.GetUtcNow();
        var raised = decided.SelectMany(item => item.Exceptions).ToList();
        await ExceptionLog.Raise(connection, transaction, raised, now);
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case
            set state = 'resolved', resolution = 'A later billing run no longer met it.', resolved_at = @now
            where state = 'open' and subject_kind = 'billing' and month = @month
              and legal_entity_id = @entity and billing_account_id between @first and @last and subject_key <> all(@keys)
            """,
            new { now, month = month.FirstDay, part.Entity, part.First, part.Last, keys = raised.Select(item => item.SubjectKey).ToArray() }, transaction);
    }

    private sealed record Part(int No, Guid Entity, Guid First, Guid Last);

    private sealed record Decision(IReadOnlyList<Invoice> Documents, IReadOnlyList<RaisedException> Exceptions);
}
