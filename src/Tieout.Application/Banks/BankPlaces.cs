using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Banks;

/// <summary>A bank account as money finds it.</summary>
/// <param name="Account">Its account in the ledger.</param>
/// <param name="ClosedOn">Its last day; null while it is open.</param>
internal sealed record BankPlace(Guid Id, Guid LegalEntityId, string Code, string Currency, string Account, DateOnly? ClosedOn);

/// <summary>Where money at banks lies in the ledger.</summary>
internal static class BankPlaces
{
    private const string Columns = "b.id, b.legal_entity_id, b.code, b.currency, b.account, b.closed_on";

    /// <summary>All of these legal entities, the oldest first.</summary>
    public static async Task<IReadOnlyList<BankPlace>> Of(NpgsqlConnection connection, Guid[] entities, CancellationToken cancel) =>
        [.. await connection.QueryAsync<BankPlace>(new CommandDefinition(
            $"select {Columns} from cash.bank_account b where b.tenant = 1 and b.legal_entity_id = any(@entities) order by b.created_at, b.id",
            new { entities }, cancellationToken: cancel))];

    /// <summary>Those that payments of statements came to, by the payments' keys; none for one whose statement is of no account that is known.</summary>
    public static async Task<Dictionary<string, BankPlace>> OfLines(NpgsqlConnection connection, string[] keys, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<LineRow>(new CommandDefinition(
            $"""
            select l.key, {Columns}
            from cash.bank_line l join cash.statement s on s.id = l.statement_id join cash.bank_account b on b.id = s.bank_account_id
            where l.tenant = 1 and l.key = any(@keys)
            """, new { keys }, cancellationToken: cancel));
        return rows.ToDictionary(row => row.Key, row => row.Place, StringComparer.Ordinal);
    }

    /// <summary>
    /// The account of the ledger on which a gateway's payout in a currency is expected: that of the only bank account which is kept in it and open on
    /// the day. Of several it is the first of the legal entity, or the one whose statement tells it moves it.
    /// </summary>
    public static async Task<string> ExpectedOn(NpgsqlConnection connection, Guid entity, string currency, DateOnly on, CancellationToken cancel) =>
        (await Of(connection, [entity], cancel)).Where(one => one.Currency == currency && !(on > one.ClosedOn)).ToList() is [var only]
            ? only.Account : LedgerAccount.CashClearing;

    /// <summary>The one that is named, for money of a day in a currency; or why it cannot be taken there.</summary>
    /// <param name="places">Those of the legal entity.</param>
    /// <param name="day">The field that says the day.</param>
    public static (BankPlace? Place, JournalOutcome.Refused? Refused) Named(
        IEnumerable<BankPlace> places, string code, string currency, (string Field, DateOnly On) day)
    {
        var found = places.FirstOrDefault(one => one.Code == code);
        return found is null
            ? (null, new JournalOutcome.Refused(
                "bank-account", "unknown-bank-account", "the legal entity has no bank account of this code", "Correct the code, or add the account."))
            : Refusal(found, currency, day) is { } no ? (null, no) : (found, null);
    }

    /// <summary>Why money of a day in a currency does not lie there; null when it may.</summary>
    public static JournalOutcome.Refused? Refusal(BankPlace place, string currency, (string Field, DateOnly On) day) =>
        place.Currency != currency
            ? new JournalOutcome.Refused(
                "bank-account", "other-currency", $"bank account {place.Code} is kept in {place.Currency}", "Name the account of that currency.")
        : day.On > place.ClosedOn
            ? new JournalOutcome.Refused(
                day.Field, "bank-account-closed",
                string.Create(CultureInfo.InvariantCulture, $"bank account {place.Code} was closed on {place.ClosedOn:yyyy-MM-dd}"),
                "Name another bank account, or an earlier day.")
        : null;

    private sealed record LineRow(string Key, Guid Id, Guid LegalEntityId, string Code, string Currency, string Account, DateOnly? ClosedOn)
    {
        public BankPlace Place => new(Id, LegalEntityId, Code, Currency, Account, ClosedOn);
    }
}
