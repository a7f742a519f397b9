using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Application.Tax;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>One part of a billing run: load the accounts, decide once, save everything in one transaction.</summary>
internal sealed class BillPart(NpgsqlDataSource database, TimeProvider clock, Guid run, BillingRequest request, BillingBooks readAtFirst)
{
    // Another run got to the same charge first: what stands is read again and the difference taken anew.
    private const int TriesAfterOthers = 5;

    /// <summary>Claims the next open part and bills it; false when none is left unclaimed.</summary>
    public async Task<bool> RunNext(CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await Once(everything: tries > 1, cancel);
            }
            catch (PostgresException trouble) when (trouble.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation
                && trouble.ConstraintName is "invoice_line_billed_once" or "invoice_line_each_day_once" or "grant_pkey" or "grant_rolled_once" or "draw_pkey"
                && tries < TriesAfterOthers)
            {
                // Once more, and whole: what stands is not always found by the days that are looked at.
            }
        }
    }

    private async Task<bool> Once(bool everything, CancellationToken cancel)
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
        var books = await readAtFirst.WithNewPrices(connection, cancel);
        var (decided, whole, _) = await DecideAccounts.Run(
            connection, books, new AccountsAsked(part.Entity, part.First, part.Last, request.Through, request.IssueDate) { Everything = everything }, cancel);
        var now = clock.GetUtcNow();
        var documents = decided.SelectMany(item => item.Documents).Select(invoice => InvoiceToBook.New(invoice, now)).ToList();
        await SaveInvoices.Run(connection, transaction, run, documents, now, cancel);
        await QuotedInvoices.Save(connection, documents, cancel);
        await SaveDraws.Run(connection, decided, now, cancel);
        await OpenDrafts.Drop(connection, documents, now, cancel);
        await SaveExceptions(connection, transaction, part, decided);
        await SaveWaiting.Run(connection, books.Entities[part.Entity], part.First, part.Last, run, request.IssueDate, decided, now, cancel);
        await whole.Settle(connection, decided.FindAll(item => item.Waits), now, cancel);
        var memos = documents.Count(item => item.Invoice.Kind == DocumentKind.CreditMemo);
        await connection.ExecuteAsync(
            "update invoicing.billing_part set done_at = @now, invoices = @count, credit_memos = @memos where run_id = @run and part = @no",
            new { run, part.No, count = documents.Count - memos, memos, now }, transaction);
        await transaction.CommitAsync(cancel);
        return true;
    }

    // What was wrong with these accounts in this month and is not wrong any more closes by itself.
    private async Task SaveExceptions(NpgsqlConnection connection, NpgsqlTransaction transaction, Part part, List<AccountDecision> decided)
    {
        var now = clock.GetUtcNow();
        // A rate that is missing is a case of its own, for all who wait for it.
        var raised = decided.Where(item => item.Missing is null).SelectMany(item => item.Exceptions).ToList();
        await ExceptionLog.Raise(connection, transaction, raised, now);
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case x
            set state = 'resolved', resolution = 'A later billing run no longer met it.', resolved_at = @now
            where state = 'open' and subject_kind = 'billing' and month <= @month
              and legal_entity_id = @entity and billing_account_id between @first and @last and billing_account_id <> all(@putOff)
              and not exists (select from unnest(@keys, @codes) as met (key, code) where met.key = x.subject_key and met.code = x.code)
            """,
            new
            {
                now,
                month = request.IssueDate,
                part.Entity,
                part.First,
                part.Last,
                keys = raised.Select(item => item.SubjectKey).ToArray(),
                codes = raised.Select(item => item.Finding.Code).ToArray(),
                putOff = decided.Where(item => item.PutOff).Select(item => item.Account.Account.Id.Value).ToArray(),
            }, transaction);
    }

    private sealed record Part(int No, Guid Entity, Guid First, Guid Last);
}
