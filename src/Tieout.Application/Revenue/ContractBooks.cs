using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>What the books hold of given contracts: facts, documents, and what is scheduled for them.</summary>
internal static class ContractBooks
{
    /// <summary>Facts in their order, by contract.</summary>
    public static async Task<ILookup<Guid, JsonElement>> Facts(NpgsqlConnection connection, Guid[] contracts, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<(Guid Contract, string Facts)>(new CommandDefinition(
            "select contract_id, facts::text from revenue.contract_version where contract_id = any(@contracts) order by contract_id, no",
            new { contracts }, cancellationToken: cancel));
        return rows.ToLookup(row => row.Contract, row => JsonDocument.Parse(row.Facts).RootElement);
    }

    /// <summary>Invoices and credit memos by contract: its deferred lines, each with the document's number and the line's.</summary>
    public static async Task<ILookup<Guid, RevenueEvent>> Documents(NpgsqlConnection connection, Guid[] contracts, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<DocumentRow>(new CommandDefinition(
            """
            select s.contract_id, i.number || '/' || s.line_no as id, i.issue_date, s.amount
            from revenue.schedule s join invoicing.invoice i on i.id = s.invoice_id and i.billing_account_id = s.billing_account_id
            where s.contract_id = any(@contracts) and s.invoice_id is not null
            order by i.issue_date, id
            """, new { contracts }, cancellationToken: cancel));
        return rows.ToLookup(row => row.ContractId, RevenueEvent (row) => row.Amount > 0m
            ? new RevenueEvent.Invoiced(row.IssueDate, row.Id, row.Amount)
            : new RevenueEvent.Credited(row.IssueDate, row.Id, -row.Amount));
    }

    /// <summary>What is scheduled by contract, obligation and month.</summary>
    public static async Task<ILookup<Guid, (string Obligation, MonthAmount Month)>> Scheduled(
        NpgsqlConnection connection, Guid[] contracts, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<ScheduledRow>(new CommandDefinition(
            """
            select s.contract_id, s.obligation, l.month, sum(l.amount) as amount
            from revenue.schedule s
            join revenue.batch_month m on m.batch = s.batch
            join revenue.schedule_line l on l.batch = m.batch and l.month = m.month and l.no = s.no
            where s.contract_id = any(@contracts) and s.obligation is not null
            group by s.contract_id, s.obligation, l.month
            """, new { contracts }, cancellationToken: cancel));
        return rows.ToLookup(row => row.ContractId, row => (row.Obligation, new MonthAmount(AccountingMonth.Of(row.Month), row.Amount)));
    }

    private sealed record DocumentRow(Guid ContractId, string Id, DateOnly IssueDate, decimal Amount);

    private sealed record ScheduledRow(Guid ContractId, string Obligation, DateOnly Month, decimal Amount);
}
