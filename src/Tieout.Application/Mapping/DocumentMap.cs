using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Ledger;
using Tieout.Domain.Mapping;

namespace Tieout.Application.Mapping;

/// <summary>What the rules are asked with: the facts of a document, and of its lines in the document's order.</summary>
internal sealed record DocumentFacts(Facts Document, IReadOnlyList<Facts> Lines);

/// <summary>A document with what the rules chose for it.</summary>
/// <param name="Document">As it goes out.</param>
/// <param name="Choices">Everything chosen, in the order of the document.</param>
/// <param name="Findings">What nothing chooses; nothing is sent while there are any.</param>
internal sealed record MappedDocument(ErpDocument Document, IReadOnlyList<Choice> Choices, IReadOnlyList<Finding> Findings);

/// <summary>
/// Account rules over one document. Where no published rule speaks, the target's settings do; where they say nothing either, it is a
/// finding. Pure: the same document, rules and settings always give the same.
/// </summary>
internal sealed class DocumentMap(AccountBook book, TargetSettings settings)
{
    private readonly List<Choice> _choices = [];
    private readonly List<(string On, int No, string What, Finding Finding)> _missing = [];
    private readonly HashSet<AccountRule> _used = [];

    /// <summary>The rules that chose something, over all documents mapped.</summary>
    public IReadOnlySet<AccountRule> Used => _used;

    /// <summary>Chooses everything of a document.</summary>
    /// <param name="document">As our books have it.</param>
    /// <param name="facts">What the rules are asked with.</param>
    /// <param name="set">What a person has set for it, which goes before every rule; what does not fit the document changes nothing.</param>
    public MappedDocument Of(ErpDocument document, DocumentFacts facts, IReadOnlyList<FieldOverride>? set = null)
    {
        _choices.Clear();
        _missing.Clear();
        if (document is ErpInvoice invoice) Invoice(invoice, facts);
        else if (document is ErpEntry entry) foreach (var (index, line) in entry.Lines.Index()) Line(index, line.LedgerAccount, facts.Lines[index], line.Dimensions);
        foreach (var field in set ?? []) Put(document, field);
        return new MappedDocument(Overrides.Apply(Again(document, _choices), set ?? []), [.. _choices], [.. _missing.Select(missing => missing.Finding)]);
    }

    /// <summary>The document as it was sent under choices on record.</summary>
    public static ErpDocument Again(ErpDocument document, IReadOnlyList<Choice> choices)
    {
        var ruled = choices.Where(choice => choice.Ruled).ToLookup(choice => (choice.On, choice.No));
        return document switch
        {
            ErpInvoice invoice => invoice with
            {
                ReceivableAccount = AccountOf(ruled[(Choice.OnReceivable, 0)]),
                Lines = [.. invoice.Lines.Select((line, index) => line with
                {
                    Account = AccountOf(ruled[(Choice.OnLine, index + 1)]), Dimensions = DimensionsOf(ruled[(Choice.OnLine, index + 1)]),
                })],
                Taxes = [.. invoice.Taxes.Select((tax, index) => tax with
                {
                    TheirCode = ruled[(Choice.OnTax, index + 1)].FirstOrDefault()?.Theirs ?? "",
                })],
            },
            ErpEntry entry => entry with
            {
                Lines = [.. entry.Lines.Select((line, index) => line with
                {
                    Account = AccountOf(ruled[(Choice.OnLine, index + 1)]), Dimensions = DimensionsOf(ruled[(Choice.OnLine, index + 1)]),
                })],
            },
            _ => document,
        };
    }

    private void Invoice(ErpInvoice invoice, DocumentFacts facts)
    {
        Account(Choice.OnReceivable, 0, LedgerAccount.Receivable, facts.Document.With(MappingField.LedgerAccount, LedgerAccount.Receivable));
        foreach (var (index, line) in invoice.Lines.Index()) Line(index, line.LedgerAccount, facts.Lines[index], line.Dimensions);
        foreach (var (index, tax) in invoice.Taxes.Index()) Tax(index + 1, tax, facts.Document.With(MappingField.TaxCode, tax.Code));
    }

    // In the place of whatever a rule or the settings chose there, or could not choose.
    private void Put(ErpDocument document, FieldOverride field)
    {
        foreach (var (on, no, what) in PlacesOf(document, field))
        {
            var ours = _choices.FirstOrDefault(choice => (choice.On, choice.No, choice.What) == (on, no, what))?.Ours ?? "";
            _choices.RemoveAll(choice => (choice.On, choice.No, choice.What) == (on, no, what));
            _missing.RemoveAll(missing => (missing.On, missing.No, missing.What) == (on, no, what));
            if (field.Value.Length > 0) _choices.Add(new Choice(on, no, what, ours, field.Value, "set for this document", Ruled: true));
        }
    }

    private static IEnumerable<(string On, int No, string What)> PlacesOf(ErpDocument document, FieldOverride field) => field.Field switch
    {
        OverrideField.Account => Overrides.NumbersOf(document, field).Select(no => (no == 0 ? Choice.OnReceivable : Choice.OnLine, no, AccountRule.OfAccount)),
        OverrideField.TaxCode => Overrides.NumbersOf(document, field).Select(no => (Choice.OnTax, no, AccountRule.OfTaxCode)),
        OverrideField.Dimension => Overrides.NumbersOf(document, field).Select(no => (Choice.OnLine, no, Overrides.DimensionOf(field))),
        _ => [], // the reference and the due date are no rule's
    };

    private void Line(int index, string ledgerAccount, Facts facts, IReadOnlyDictionary<string, string> own)
    {
        Account(Choice.OnLine, index + 1, ledgerAccount, facts);
        foreach (var (word, ours) in own) Own(index + 1, word, ours);
        foreach (var dimension in book.Dimensions.Where(dimension => !own.ContainsKey(dimension)))
            switch (book.Choose(dimension, facts))
            {
                case RuleAnswer.Chosen chosen:
                    Add(Choice.OnLine, index + 1, dimension, Source(chosen.Rule.Choices[dimension], facts), chosen);
                    break;
                case RuleAnswer.Unmapped unmapped:
                    _used.Add(unmapped.Rule);
                    Missing(
                        Choice.OnLine, index + 1, dimension,
                        MappingFindings.NotInMap(settings.Name, "dimension-unmapped", $"dimension '{dimension}'", unmapped));
                    break;
            }
    }

    // What whoever booked the line said of it goes before every rule; a value map that is called as the dimension is turns our code into theirs.
    private void Own(int no, string word, string ours)
    {
        if (book.MapOf(word) is not { } map)
            _choices.Add(new Choice(Choice.OnLine, no, word, ours, ours, "the line itself", Ruled: true));
        else if (map.Values.TryGetValue(ours, out var theirs))
            _choices.Add(new Choice(
                Choice.OnLine, no, word, ours, theirs, FormattableString.Invariant($"the line itself, value map {map.Name} {map.Number}"), Ruled: true));
        else Missing(Choice.OnLine, no, word, MappingFindings.NotInMapOf(settings.Name, word, ours));
    }

    private void Account(string on, int no, string ledgerAccount, Facts facts)
    {
        switch (book.Choose(AccountRule.OfAccount, facts))
        {
            case RuleAnswer.Chosen chosen:
                Add(on, no, AccountRule.OfAccount, ledgerAccount, chosen);
                break;
            case RuleAnswer.Unmapped unmapped:
                _used.Add(unmapped.Rule);
                Missing(
                    on, no, AccountRule.OfAccount, MappingFindings.NotInMap(settings.Name, "account-unmapped", $"account for '{ledgerAccount}'", unmapped));
                break;
            default:
                BySettings(on, no, AccountRule.OfAccount, ledgerAccount, settings.AccountOf(ledgerAccount, ""), () =>
                    MappingFindings.NoAccount(settings.Name, ledgerAccount, facts));
                break;
        }
    }

    private void Tax(int no, ErpTax tax, Facts facts)
    {
        switch (book.Choose(AccountRule.OfTaxCode, facts))
        {
            case RuleAnswer.Chosen chosen:
                Add(Choice.OnTax, no, AccountRule.OfTaxCode, tax.Code, chosen);
                break;
            case RuleAnswer.Unmapped unmapped:
                _used.Add(unmapped.Rule);
                Missing(
                    Choice.OnTax, no, AccountRule.OfTaxCode,
                    MappingFindings.NotInMap(settings.Name, "tax-unmapped", $"tax code for '{tax.Code}'", unmapped));
                break;
            default:
                BySettings(Choice.OnTax, no, AccountRule.OfTaxCode, tax.Code, settings.Taxes.GetValueOrDefault(tax.Code, ""), () =>
                    MappingFindings.NoTax(settings.Name, tax.Code));
                break;
        }
    }

    private void BySettings(string on, int no, string what, string ours, string theirs, Func<Finding> missing)
    {
        if (theirs.Length == 0) Missing(on, no, what, missing());
        else _choices.Add(new Choice(on, no, what, ours, theirs, $"targets file, {settings.Version}", Ruled: false));
    }

    private void Missing(string on, int no, string what, Finding finding) => _missing.Add((on, no, what, finding));

    private void Add(string on, int no, string what, string ours, RuleAnswer.Chosen chosen)
    {
        _used.Add(chosen.Rule);
        var map = chosen.Map is { } through ? FormattableString.Invariant($", value map {through.Name} {through.Number}") : "";
        _choices.Add(new Choice(
            on, no, what, ours, chosen.Value, FormattableString.Invariant($"account rules {book.Number}, rule '{chosen.Rule.Name}'{map}"), Ruled: true));
    }

    private static string Source(RuleValue value, Facts facts) => value is RuleValue.FromField from ? facts.OnlyOf(from.Field) : "";

    private static string AccountOf(IEnumerable<Choice> choices) => choices.FirstOrDefault(choice => choice.What == AccountRule.OfAccount)?.Theirs ?? "";

    private static Dictionary<string, string> DimensionsOf(IEnumerable<Choice> choices) =>
        choices.Where(choice => choice.What != AccountRule.OfAccount).ToDictionary(choice => choice.What, choice => choice.Theirs, StringComparer.Ordinal);
}
