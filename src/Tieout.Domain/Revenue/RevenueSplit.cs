using Tieout.Domain.Catalog;
using Tieout.Domain.Ledger;
using Tieout.Domain.Mapping;
using Tieout.Domain.Posting;

namespace Tieout.Domain.Revenue;

/// <summary>How much of revenue an ERP is told. <see cref="Words"/> spells it outside the program.</summary>
public enum RevenueDetail
{
    /// <summary>Sums, by what account rules ask.</summary>
    Summarised,

    /// <summary>Each line of a schedule by itself.</summary>
    ByLine,
}

/// <summary>Into which parts a booking of revenue goes, each a debit of deferred revenue or prepaid credit and a credit of revenue.</summary>
/// <param name="Detail">By line each line is a part of its own.</param>
/// <param name="Fields">Lines that differ in one of these go into different parts, in the order of <see cref="Known"/>.</param>
public sealed record RevenueSplit(RevenueDetail Detail, IReadOnlyList<MappingField> Fields)
{
    /// <summary>
    /// Debits at most in one entry; it has as many credits. So it has 500 lines at most, which is well below what any of the ERPs takes in
    /// one document (SAP: 999).
    /// </summary>
    public const int MostOfEntry = 250;

    /// <summary>What may be known of a line of revenue and may differ between two.</summary>
    public static IReadOnlyList<MappingField> Known { get; } =
    [
        MappingField.Component, MappingField.Plan, MappingField.TaxCode, MappingField.Region, MappingField.Country, MappingField.Customer,
        MappingField.Account,
    ];

    /// <summary>One sum of everything.</summary>
    public static RevenueSplit Whole { get; } = new(RevenueDetail.Summarised, []);

    /// <summary>Whether everything goes together.</summary>
    public bool IsWhole => Detail == RevenueDetail.Summarised && Fields.Count == 0;

    /// <summary>
    /// By every field that a rule asks, or takes a value from, which could choose an account or a dimension for revenue; line by line by all
    /// that is known.
    /// </summary>
    /// <param name="rules">The account rules in force for the target.</param>
    /// <param name="detail">What the target wants.</param>
    /// <param name="entity">Code of the legal entity.</param>
    /// <param name="currency">Of the booking.</param>
    /// <param name="recognition">What it was invoiced as, which says the account it leaves.</param>
    public static RevenueSplit Of(
        IEnumerable<AccountRule> rules, RevenueDetail detail, string entity, Currency currency, Recognition recognition = Recognition.Deferred)
    {
        if (detail == RevenueDetail.ByLine) return new RevenueSplit(detail, Known);
        HashSet<MappingField> asked = [];
        foreach (var rule in rules)
        {
            var values = rule.Dimensions.Values.Append(rule.Account).OfType<RuleValue>().ToList();
            if (values.Count == 0 || !Concerns(rule.When, entity, currency, recognition)) continue;
            asked.UnionWith(rule.When.AnyOf.Keys);
            asked.UnionWith(values.OfType<RuleValue.FromField>().Select(value => value.Field));
        }
        return new RevenueSplit(detail, [.. Known.Where(asked.Contains)]);
    }

    private static bool Concerns(Conditions when, string entity, Currency currency, Recognition recognition) =>
        May(when, MappingField.LedgerAccount, InvoiceEntry.CreditAccount(recognition), LedgerAccount.Revenue)
        && May(when, MappingField.DocumentKind, Words.Of(EntryKind.RevenueJournal))
        && May(when, MappingField.LegalEntity, entity) && May(when, MappingField.Currency, currency.Code)
        && May(when, MappingField.Recognition, Words.Of(recognition))
        // Nothing of it lies at a bank.
        && May(when, MappingField.BankAccount);

    private static bool May(Conditions when, MappingField field, params ReadOnlySpan<string> values)
    {
        if (!when.AnyOf.TryGetValue(field, out var wanted)) return true;
        foreach (var value in values)
            if (wanted.Contains(value)) return true;
        return false;
    }
}
