using System.Globalization;

namespace Tieout.Application.Views.Timelines;

/// <summary>The steps before an invoice: where it came from and who buys.</summary>
internal static class PartySteps
{
    public static IEnumerable<Step> Sources(IReadOnlyList<SourceRow> rows) => rows.Count == 0
        ? [new Step(StepKind.Source, StepState.Gap, At: null, "No source row", "Nothing here came in by an import that kept its rows.")]
        : rows.Select(Source);

    private static Step Source(SourceRow row)
    {
        var refused = row.Outcome == "refused";
        var text = refused ? $"Refused: {(row.Field.Length > 0 ? row.Field + ": " : "")}{row.Reason} {row.Remedy}".TrimEnd()
            : row.Outcome == "unchanged" ? "Held already, nothing to change." : "Accepted.";
        return new Step(
            StepKind.Source, refused ? StepState.Trouble : StepState.Done, row.StartedAt,
            string.Create(CultureInfo.InvariantCulture, $"Row {row.RowNo} of {row.FileName}"), text)
        {
            Facts =
            [
                new("Row key", row.RowKey),
                new("Import row", string.Create(CultureInfo.InvariantCulture, $"{row.RunId}:{row.RowNo}"), IsId: true),
                new("Imported by", row.Actor),
                // Sample books are made up, not read from a file.
                .. row.Sha256.Length > 0 ? [new Fact("File SHA-256", row.Sha256)] : Array.Empty<Fact>(),
            ],
        };
    }

    public static Step Customer(PartyRow row) => new(StepKind.Customer, StepState.Done, row.CreatedAt, $"Customer {row.Name}", "")
    {
        Facts = [new("Customer code", row.Code, IsId: true), .. Known("Country", row.Country), new("Correlation id", row.CorrelationId.ToString(), IsId: true)],
    };

    public static Step Account(AccountRow row) => new(
        StepKind.BillingAccount, StepState.Done, row.CreatedAt, $"Billing account {row.Code}", $"Pays {row.EntityName} in {row.Currency}.")
    {
        Facts =
        [
            new("Account code", row.Code, IsId: true),
            new("Legal entity", row.Entity),
            new("Tax code", row.TaxCode),
            new("Term", string.Create(CultureInfo.InvariantCulture, $"{row.TermDays} days")),
        ],
    };

    /// <summary>Prepaid credit: where it came from, what became of it.</summary>
    public static Step Credit(GrantRow row) => new(
        StepKind.BillingAccount, StepState.Done, row.CreatedAt,
        string.Create(CultureInfo.InvariantCulture, $"Prepaid credit {row.Name}: {row.Granted} {row.Currency ?? row.Credit}"), CreditWords(row))
    {
        Facts =
        [
            new("Grant key", row.Key),
            .. Known("Price", row.Price?.ToString() ?? ""),
            .. Known("Carries on what was left of", row.RolledFrom ?? ""),
            .. Known("What was left lives on in", row.RolledInto ?? ""),
        ],
    };

    private static string CreditWords(GrantRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"From {row.GrantedOn:yyyy-MM-dd}")
        + (row.ExpiresOn is { } end ? string.Create(CultureInfo.InvariantCulture, $" until before {end:yyyy-MM-dd}") : "")
        + string.Create(CultureInfo.InvariantCulture, $": {row.Drawn} drawn, {row.RolledOver} rolled over, {row.Lost} lost, {row.Left} left.")
        + (row.State == GrantState.RollsOver ? " The next billing run rolls over what its rule keeps." : "");

    public static Step Subscription(SubscriptionRow row) => new(
        StepKind.Subscription, StepState.Done, row.CreatedAt, $"Subscription {row.Code}",
        row.EndDate is { } end
            ? string.Create(CultureInfo.InvariantCulture, $"Plan {row.Plan}, in force from {row.StartDate:yyyy-MM-dd} until before {end:yyyy-MM-dd}.")
            : string.Create(CultureInfo.InvariantCulture, $"Plan {row.Plan}, in force from {row.StartDate:yyyy-MM-dd}."))
    {
        Facts =
        [
            new("Subscription code", row.Code, IsId: true),
            new("Plan", row.Plan),
            new("Correlation id", row.CorrelationId.ToString(), IsId: true),
        ],
    };

    public static Step Amendment(AmendmentRow row) => new(
        StepKind.Subscription, StepState.Done, row.RecordedAt,
        string.Create(CultureInfo.InvariantCulture, $"Amendment {row.Version} of {row.Code}: {row.Kind}"), row.Words + ".")
    {
        Facts = [new("Subscription code", row.Code, IsId: true), new("Reason", row.Reason), new("By", row.Actor)],
    };

    /// <summary>A story that ends before an invoice; its answer names the deepest thing there is.</summary>
    public static Story WithoutInvoice(
        IReadOnlyList<SourceRow> sources, IReadOnlyList<PartyRow> customers, IReadOnlyList<AccountRow> accounts,
        IReadOnlyList<SubscriptionRow> subscriptions, IReadOnlyList<Step> steps)
    {
        if (subscriptions.Count > 0)
            return new Story(subscriptions[0].Code, subscriptions[0].CorrelationId, $"Subscription {subscriptions[0].Code} is not invoiced yet.", steps);
        if (accounts.Count > 0)
            return new Story(accounts[0].Code, accounts[0].CorrelationId, $"Billing account {accounts[0].Code} has no invoice yet.", steps);
        if (customers.Count > 0)
            return new Story(customers[0].Code, customers[0].CorrelationId, $"Customer {customers[0].Name} has no invoice yet.", steps);
        var row = sources[0];
        var id = string.Create(CultureInfo.InvariantCulture, $"{row.RunId}:{row.RowNo}");
        var answer = string.Create(CultureInfo.InvariantCulture, $"Row {row.RowNo} of {row.FileName} was {row.Outcome}.");
        return new Story(id, CorrelationId: null, answer, steps);
    }

    private static IEnumerable<Fact> Known(string label, string value) => value.Length > 0 ? [new Fact(label, value)] : [];
}
