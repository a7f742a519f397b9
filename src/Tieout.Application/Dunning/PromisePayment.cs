using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Payments;
using Tieout.Domain.Cash.Dunning;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Dunning;

/// <summary>Writes down that a customer says until when it pays, or that this counts no more.</summary>
public sealed class PromisePayment(NpgsqlDataSource database, TimeProvider clock)
{
    private const int MostDays = 365;
    private const int MostInvoices = 500;
    private const string PromisedOnce = "dunning_promised_once";

    /// <summary>One transaction. The same again changes nothing.</summary>
    /// <param name="code">The billing account's.</param>
    /// <param name="document">docs/dunning.md describes its members.</param>
    public async Task<DunningReply> Give(string code, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "until", "invoices", "reason", "actor");
        if (json.IsObject && json.Find("until") is null) json.AddAt("until", "missing", "'until' is missing.", "Give the last day, such as 2026-12-15.");
        var (until, reason, who) = (json.DateOrNone("until"), json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        var named = json.Find("invoices")?.Items().Select(item => item.AsText() ?? "").Select(text => text.ToUpperInvariant()).Distinct().ToList();
        if (named?.Count is 0 or > MostInvoices)
            json.AddAt("invoices", "out-of-range", $"There are {named.Count} invoices.", $"Give 1 to {MostInvoices}, or leave it out for all that is overdue.");
        if (problems.Count > 0) return new DunningReply.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await DunningBooks.Account(connection, code, cancel) is not { } account) return HoldDunning.NoAccount;
        if (await DunningPolicies.Of(connection, account.LegalEntity, cancel) is not { } policy) return HoldDunning.NoPolicy;
        var today = policy.Today(clock.GetUtcNow());
        if (until < today || until > today.AddDays(MostDays))
            return new DunningReply.Refused(
                "until", "out-of-range",
                string.Create(CultureInfo.InvariantCulture, $"it is {today:yyyy-MM-dd} there; a promise is for that day until a year later"),
                "Correct the day.");
        var facts = (await DunningBooks.Facts(connection, [account], cancel))[account.Id];
        var debts = facts.Debts.Where(debt => debt.Open > 0 && (named is null ? debt.DaysOverdue(today) > 0 : named.Contains(debt.Number))).ToList();
        if (Refusal(facts, debts, named, until!.Value) is { } refused) return refused;
        try
        {
            if (!facts.Promises.Any(promise => promise.Until == until && promise.Invoices.SetEquals(debts.Select(debt => debt.Invoice))))
                await Add(connection, account, until.Value, debts, reason, who, cancel);
        }
        catch (PostgresException second) when (second.ConstraintName == PromisedOnce)
        {
            return await Give(code, document, actor, cancel); // somebody wrote one down at this moment: it is seen now
        }
        await new RunDunning(database, clock).One(account, policy, cancel);
        return new DunningReply.Account((await new ReadDunning(database).One(code, cancel))!);
    }

    /// <summary>It counts no more: what it was about is reminded of again. What was decided stays.</summary>
    /// <param name="code">The billing account's.</param>
    public async Task<DunningReply> Withdraw(string code, Guid promise, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "reason", "actor");
        var (reason, who) = (json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        if (problems.Count > 0) return new DunningReply.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await DunningBooks.Account(connection, code, cancel) is not { } account) return HoldDunning.NoAccount;
        var known = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            update cash.dunning_promise set outcome = 'withdrawn', decided_at = @now, decided_by = @who, decided_why = @reason
            where id = @promise and billing_account_id = @Id and outcome = 'open';
            select outcome from cash.dunning_promise where id = @promise and billing_account_id = @Id
            """, new { promise, account.Id, now = clock.GetUtcNow(), who, reason }, cancellationToken: cancel));
        if (known is null) return new DunningReply.NotFound("promise", "This account has no such promise.");
        if (known != "withdrawn") return new DunningReply.Refused("promise", "decided", $"it is {known}", "Write down another promise if there is one.");
        if (await DunningPolicies.Of(connection, account.LegalEntity, cancel) is { } policy)
            await new RunDunning(database, clock).One(account, policy, cancel);
        return new DunningReply.Account((await new ReadDunning(database).One(code, cancel))!);
    }

    private static DunningReply? Refusal(DunningFacts facts, List<Debt> debts, List<string>? named, DateOnly until)
    {
        if (named?.Find(number => debts.TrueForAll(debt => debt.Number != number)) is { } strange)
            return new DunningReply.Refused("invoices", "not-owed", $"{strange} is no invoice of this account that asks for money", "Name those that do.");
        if (debts.Count == 0)
            return new DunningReply.Refused("invoices", "nothing-overdue", "nothing of this account is overdue", "Name the invoices that are promised.");
        var other = facts.Promises.FirstOrDefault(promise => promise.Invoices.Overlaps(debts.Select(debt => debt.Invoice))
            && !(promise.Until == until && promise.Invoices.SetEquals(debts.Select(debt => debt.Invoice))));
        return other is null ? null
            : new DunningReply.Refused("invoices", "promised-already", $"promise {other.Id} is about some of it", "Withdraw that one first.");
    }

    private Task Add(
        NpgsqlConnection connection, DunnedAccount account, DateOnly until, List<Debt> debts, string reason, string who, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        return connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.dunning_promise (id, billing_account_id, until_on, invoices, reason, actor, created_at)
            values (@id, @account, @until, @invoices, @reason, @who, @now)
            """,
            new { id = Guid.CreateVersion7(now), account = account.Id, until, invoices = debts.ConvertAll(debt => debt.Invoice).ToArray(), reason, who, now },
            cancellationToken: cancel));
    }
}
