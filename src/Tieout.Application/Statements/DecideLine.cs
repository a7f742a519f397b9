using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Payments;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Statements;

/// <summary>A person takes a proposal, says otherwise what a payment is for, or declines what is proposed.</summary>
public sealed class DecideLine(NpgsqlDataSource database, TimeProvider clock)
{
    private const int KeyMost = 60;

    /// <summary>Books the payment; docs/cash.md describes the document.</summary>
    /// <param name="line">Its key.</param>
    public async Task<JournalOutcome> Accept(string line, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "proposal", "billing-account", "invoices", "difference", "reason", "actor");
        var proposal = json.Find("proposal") is null ? null : json.Words("proposal", KeyMost);
        var account = json.Find("billing-account") is null ? null : json.Words("billing-account", GivenText.ActorMost);
        var taken = new TakenProposal(
            line, proposal, account, json.Wishes(), json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost))
        { Difference = json.FlagOr("difference", otherwise: false) };
        if (taken.Difference && taken.Invoices.Count != 1)
            json.AddAt("difference", "one-invoice", "A small difference is that of a payment to the one invoice it names.", "Give one invoice, or leave it out.");
        if ((proposal is null) == (account is null) || (proposal is not null && taken.Invoices.Count > 0))
            json.AddAt("proposal", "one-of", "Either a proposal is taken, or a billing account is named, with invoices if wanted.", "Give the one or the other.");
        return problems.Count > 0 ? new JournalOutcome.Unreadable(problems) : await new BookLine(database, clock).Run(taken, cancel);
    }

    /// <summary>Books it on an account of the ledger: it is no customer's. docs/cash.md describes the document.</summary>
    /// <param name="line">Its key.</param>
    public async Task<JournalOutcome> Book(string line, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "account", "reason", "actor");
        var account = json.Words("account", KeyMost);
        var (reason, who) = (json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        if (problems.Count > 0) return new JournalOutcome.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await new BookBeside(clock).Run(connection, line, account, new LineBy(who, reason, IsPerson: true), cancel);
    }

    /// <summary>Nothing of what is proposed is meant. It stays in the list of declined ones, and may be accepted later.</summary>
    /// <returns>Null when it is declined; else why not.</returns>
    public async Task<JournalOutcome?> Decline(string line, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "reason", "actor");
        var (reason, who) = (json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        if (problems.Count > 0) return new JournalOutcome.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var state = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "select state from cash.bank_line where tenant = 1 and key = @line", new { line }, cancellationToken: cancel));
        if (state is null) return new JournalOutcome.NotFound(line);
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.bank_line set state = 'declined', decided_by = @who, decided_why = @reason, decided_at = @now
            where tenant = 1 and key = @line and state not in ('booked', 'certain')
            """, new { line, who, reason, now = clock.GetUtcNow() }, cancellationToken: cancel));
        return changed == 1 ? null
            : new JournalOutcome.Refused("line", "already-booked", "it is booked, or being booked", "Take the entry back (journal reverse).");
    }
}
